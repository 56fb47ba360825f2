'use client';
/** A button for what cannot be undone: it asks before it does. */
import { type ReactNode, useId, useRef } from 'react';
import styles from './notes.module.css';

interface ConfirmButtonProps {
  readonly children: ReactNode;
  /** For a screen reader, where the words alone do not say what it acts on. They must begin it. */
  readonly label: string;
  readonly question: string;
  /** The words of the button that does it. */
  readonly answer: string;
  readonly onConfirm: () => void;
}

/** The dialog is the browser's own: it keeps the focus inside, Escape leaves it, and the focus comes back. */
export function ConfirmButton({ children, label, question, answer, onConfirm }: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const ask = (): void => {
    if (!dialog.current) return;
    dialog.current.returnValue = ''; // Escape leaves the last one as it was
    dialog.current.showModal();
  };
  return (
    <>
      <button type="button" className="button quiet" aria-label={label} onClick={ask}>
        {children}
      </button>
      <dialog
        ref={dialog}
        className={styles.dialog}
        aria-labelledby={heading}
        onClose={({ currentTarget }) => {
          if (currentTarget.returnValue === 'yes') onConfirm();
        }}
      >
        <form method="dialog" className={styles.question}>
          <p id={heading}>{question}</p>
          <div className={styles.buttons}>
            <button type="submit" value="no" className="button quiet">
              Keep it
            </button>
            <button type="submit" value="yes" className="button danger">
              {answer}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
