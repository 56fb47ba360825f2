'use client';
/** A note as it is read, with the buttons that change and delete it. */
import { ConfirmButton } from './confirm-button.tsx';
import type { RefObject } from 'react';
import type { Note } from '@footbridge/contracts';
import { Moment } from '../site/moment.tsx';
import styles from './notes.module.css';

interface ReadCardProps {
  readonly note: Note;
  /** Id of the heading, which names the card. */
  readonly heading: string;
  readonly editButton: RefObject<HTMLButtonElement | null>;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

export function ReadCard({ note, heading, editButton, onEdit, onDelete }: ReadCardProps) {
  return (
    <>
      <div className={styles.head}>
        <h3 id={heading} className={styles.title}>
          {note.title}
        </h3>
        <div className={`${styles.buttons} ${styles.scripted}`}>
          <button
            ref={editButton}
            type="button"
            className="button quiet"
            aria-label={`Edit ${note.title}`}
            onClick={onEdit}
          >
            Edit
          </button>
          <ConfirmButton
            label={`Delete ${note.title}`}
            question={`Delete “${note.title}” and what is attached to it? Nothing brings it back.`}
            answer="Delete note"
            onConfirm={onDelete}
          >
            Delete
          </ConfirmButton>
        </div>
      </div>
      {note.body === '' ? null : <p className={styles.body}>{note.body}</p>}
      <p className={styles.changed}>
        Changed <Moment at={new Date(note.updatedAt)} />
      </p>
    </>
  );
}
