'use client';
/** Logging in and registering: a plain HTML form that works as it is, and better with a script. */
import { FormField, ProblemSummary } from './form-field.tsx';
import { type FormKind, forms } from './fields.ts';
import styles from './forms.module.css';
import { useServerWords } from './server-words.ts';
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
  const { action, fields, ...words } = forms[kind];
  const form = useServerWords(problem);

  return (
    <form ref={form} className={styles.form} method="post" action={action} onSubmit={submit} aria-busy={isPending}>
      <ProblemSummary problem={problem} />
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
