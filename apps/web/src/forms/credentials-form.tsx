'use client';
/** Logging in and registering: a plain HTML form that works as it is, and better with a script. */
import { useEffect, useRef } from 'react';
import { FormField } from './form-field.tsx';
import { type FormKind, forms } from './fields.ts';
import styles from './forms.module.css';
import type { Problem } from './problem.ts';
import { useSubmission } from './submission.ts';

interface CredentialsFormProps {
  readonly kind: FormKind;
  /** A path of this site, already judged. */
  readonly returnTo?: string | undefined;
  /** What was wrong when the form was posted without a script. */
  readonly initial?: Problem | undefined;
}

export function CredentialsForm({ kind, returnTo, initial }: CredentialsFormProps) {
  const { isPending, problem, submit } = useSubmission(kind, { initial, returnTo });
  const form = useRef<HTMLFormElement>(null);
  const { action, fields, ...words } = forms[kind];

  useEffect(() => {
    // From here on the server's words stand at the fields, in place of the browser's bubbles.
    if (form.current) form.current.noValidate = true;
  }, []);
  useEffect(() => {
    if (!problem) return;
    const places = ['[aria-invalid="true"]', '[role="alert"]'];
    const [first] = places.flatMap((place) => form.current?.querySelector<HTMLElement>(place) ?? []);
    first?.focus();
  }, [problem]);

  return (
    <form ref={form} className={styles.form} method="post" action={action} onSubmit={submit} aria-busy={isPending}>
      {problem ? (
        <div className={styles.summary} role="alert" tabIndex={-1}>
          {problem.summary}
        </div>
      ) : null}
      {fields.map((field) => (
        <FormField key={field.name} field={field} problem={problem?.fields[field.name]} />
      ))}
      {returnTo === undefined ? null : <input type="hidden" name="returnTo" value={returnTo} />}
      <button className="button" type="submit" aria-disabled={isPending}>
        {isPending ? words.pending : words.submit}
      </button>
    </form>
  );
}
