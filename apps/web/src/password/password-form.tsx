'use client';
/** Changing the password: a server action's form, which works without a script. */
import { useActionState } from 'react';
import { passwordFields } from '../forms/fields.ts';
import { FormField, ProblemSummary } from '../forms/form-field.tsx';
import styles from '../forms/forms.module.css';
import { useServerWords } from '../forms/server-words.ts';
import { changePassword } from './change-password.ts';

/** `email` is for the browser's password manager, which files passwords by it. */
export function PasswordForm({ email }: { readonly email: string }) {
  const [problem, action, isPending] = useActionState(changePassword, undefined);
  const form = useServerWords(problem);
  return (
    <form ref={form} className={styles.form} action={action} aria-busy={isPending}>
      <ProblemSummary problem={problem} />
      <input type="text" name="username" autoComplete="username" defaultValue={email} hidden readOnly />
      {passwordFields.map((field) => (
        <FormField key={field.name} field={field} problem={problem?.fields[field.name]} />
      ))}
      <button className="button" type="submit" aria-disabled={isPending}>
        {isPending ? 'Changing it…' : 'Change password'}
      </button>
    </form>
  );
}
