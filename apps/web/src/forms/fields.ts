/** The forms as data: which endpoint, which fields, in whose words. */
import type { HTMLInputAutoCompleteAttribute } from 'react';

/** A field's name, in the form and on the wire. */
export type FieldName = 'name' | 'email' | 'password' | 'currentPassword' | 'newPassword';

/** Which form. */
export type FormKind = 'login' | 'register';

/** One field: what stands above it, what below it, and what a browser may fill in. */
export interface Field {
  readonly name: FieldName;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly isRequired: boolean;
  /** The rule, said before typing. */
  readonly hint?: string;
  /** What to do when the server refused the field and could not say why. */
  readonly remedy: string;
}

/** One form. `action` is where the plain HTML form posts to, too. */
export interface Form {
  readonly action: string;
  readonly fields: readonly Field[];
  readonly submit: string;
  readonly pending: string;
}

const newPassword = {
  autoComplete: 'new-password',
  hint: 'At least 8 characters; at most 72 bytes, which is 72 plain letters.',
  remedy: 'Choose a password of at least 8 characters and at most 72 bytes.',
} as const;

const email = { name: 'email', label: 'E-mail', type: 'email', isRequired: true } as const;
const password = { name: 'password', label: 'Password', type: 'password', isRequired: true } as const;

/** The forms that lead in. */
export const forms: Readonly<Record<FormKind, Form>> = {
  login: {
    action: '/api/login',
    fields: [
      { ...email, autoComplete: 'username', remedy: 'Enter your e-mail address, such as ada@example.com.' },
      { ...password, autoComplete: 'current-password', remedy: 'Enter your password.' },
    ],
    submit: 'Log in',
    pending: 'Logging in…',
  },
  register: {
    action: '/api/register',
    fields: [
      {
        name: 'name',
        label: 'Name',
        type: 'text',
        autoComplete: 'name',
        isRequired: false,
        hint: 'Optional. Shown to you alone.',
        remedy: 'Use at most 100 characters, in one line.',
      },
      { ...email, autoComplete: 'email', remedy: 'Enter an e-mail address, such as ada@example.com.' },
      { ...password, ...newPassword },
    ],
    submit: 'Create account',
    pending: 'Creating the account…',
  },
};

/** The fields of the form that changes a password. */
export const passwordFields: readonly Field[] = [
  {
    ...password,
    name: 'currentPassword',
    label: 'Current password',
    autoComplete: 'current-password',
    remedy: 'Enter the password that you log in with now.',
  },
  { ...password, ...newPassword, name: 'newPassword', label: 'New password' },
];
