/** Title and text of a note, each with the reason when it was refused. */
import type { NoteDraft } from '@footbridge/contracts';
import { useId } from 'react';
import styles from './notes.module.css';
import type { Limits, NoteProblem } from './problem.ts';

interface NoteFieldsProps {
  readonly limits: Limits;
  readonly problem: NoteProblem | undefined;
  /** What stands in the fields at first. */
  readonly draft: NoteDraft | undefined;
}

export function NoteFields({ limits, problem, draft }: NoteFieldsProps) {
  const id = useId();
  return (
    <>
      <div className={styles.field}>
        <label htmlFor={`${id}-title`}>Title</label>
        <input
          id={`${id}-title`}
          name="title"
          defaultValue={draft?.title}
          required
          maxLength={limits.titleCharacters}
          autoComplete="off"
          {...marks(`${id}-title`, problem?.fields.title)}
        />
        <Reason id={`${id}-title`} text={problem?.fields.title} />
      </div>
      <div className={styles.field}>
        <label htmlFor={`${id}-body`}>Text</label>
        <textarea
          id={`${id}-body`}
          name="body"
          defaultValue={draft?.body}
          rows={4}
          maxLength={limits.bodyCharacters}
          {...marks(`${id}-body`, problem?.fields.body)}
        />
        <Reason id={`${id}-body`} text={problem?.fields.body} />
      </div>
    </>
  );
}

function marks(id: string, reason: string | undefined) {
  return reason === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-problem` };
}

function Reason({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p id={`${id}-problem`} className={styles.reason}>
      {text}
    </p>
  );
}
