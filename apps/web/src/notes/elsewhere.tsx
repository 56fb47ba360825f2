/** What a person is told, and may decide, when a note that they are changing was changed or deleted elsewhere. */
import type { Note } from '@footbridge/contracts';
import styles from './notes.module.css';

interface ChangedElsewhereProps {
  /** The other version. */
  readonly note: Note;
  readonly onKeepMine: () => void;
  readonly onTakeTheirs: () => void;
}

export function ChangedElsewhere({ note, onKeepMine, onTakeTheirs }: ChangedElsewhereProps) {
  return (
    <div className={styles.elsewhere}>
      <p role="alert">
        <strong>This note was changed elsewhere while you were writing.</strong> Nothing is lost: the other version
        stands here, yours in the form below.
      </p>
      <blockquote className={styles.theirs}>
        <p>
          <strong>{note.title}</strong>
        </p>
        <p className={styles.body}>{note.body === '' ? <em>No text</em> : note.body}</p>
      </blockquote>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={onKeepMine}>
          Save mine instead
        </button>
        <button type="button" className="button quiet" onClick={onTakeTheirs}>
          Keep the other version
        </button>
      </div>
    </div>
  );
}

interface DeletedElsewhereProps {
  readonly onSaveAnew: () => void;
  readonly onDiscard: () => void;
}

export function DeletedElsewhere({ onSaveAnew, onDiscard }: DeletedElsewhereProps) {
  return (
    <div className={styles.elsewhere}>
      <p role="alert">
        <strong>This note was deleted elsewhere while you were writing.</strong> Your text is still in the form below.
      </p>
      <div className={styles.buttons}>
        <button type="button" className="button" onClick={onSaveAnew}>
          Save as a new note
        </button>
        <button type="button" className="button quiet" onClick={onDiscard}>
          Discard
        </button>
      </div>
    </div>
  );
}
