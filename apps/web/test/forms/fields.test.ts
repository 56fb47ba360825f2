import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { type Field, forms, passwordFields } from '../../src/forms/fields.ts';
import { FormField } from '../../src/forms/form-field.tsx';

const passwords: readonly (readonly [where: string, field: Field, filledIn: string])[] = [
  ...Object.entries(forms).flatMap(([kind, { fields }]) =>
    fields
      .filter(({ name }) => name === 'password')
      .map((field) => [kind, field, kind === 'login' ? 'current-password' : 'new-password'] as const),
  ),
  ...passwordFields.map(
    (field) => ['change', field, field.name === 'currentPassword' ? 'current-password' : 'new-password'] as const,
  ),
];

describe('a field for a password', () => {
  it('is in every form', () => {
    expect(passwords.map(([where, { name }]) => `${where} ${name}`)).toEqual([
      'login password',
      'register password',
      'change currentPassword',
      'change newPassword',
    ]);
  });

  it.each(passwords)('of %s is masked, and left to password managers', (_where, field, filledIn) => {
    const html = renderToStaticMarkup(createElement(FormField, { field, problem: undefined }));
    expect(html).toContain('type="password"');
    expect(html).toContain(`autoComplete="${filledIn}"`);
    expect(html).not.toMatch(/maxlength|pattern=|\son(?:paste|input|keydown)/i);
  });
});
