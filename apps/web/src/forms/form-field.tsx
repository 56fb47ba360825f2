/** What a form shows: its problem as a whole, and each field with its label, its rule and, when the server refused it, the reason. */
import { useId } from 'react';
import type { Field } from './fields.ts';
import styles from './forms.module.css';
import type { Problem } from './problem.ts';

interface FormFieldProps {
  readonly field: Field;
  /** Why the server refused it. */
  readonly problem: string | undefined;
}

export function FormField({ field, problem }: FormFieldProps) {
  const id = useId();
  const described = [problem ? `${id}-problem` : [], field.hint ? `${id}-hint` : []].flat();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{field.label}</label>
      <input
        id={id}
        name={field.name}
        type={field.type}
        autoComplete={field.autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required={field.isRequired}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described.length > 0 ? described.join(' ') : undefined}
      />
      {problem ? (
        <p id={`${id}-problem`} className={styles.problem}>
          {problem}
        </p>
      ) : null}
      {field.hint ? (
        <p id={`${id}-hint`} className={styles.hint}>
          {field.hint}
        </p>
      ) : null}
    </div>
  );
}

/** The one sentence for the whole form, above its fields. */
export function ProblemSummary({ problem }: { readonly problem: Problem | undefined }) {
  if (!problem) return null;
  return (
    <div className={styles.summary} role="alert" tabIndex={-1}>
      {problem.summary}
    </div>
  );
}
