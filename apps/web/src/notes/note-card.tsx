'use client';
/** One note of the list: to read, to change, to delete, and what is attached to it. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { AttachmentPart } from './attachment-part.tsx';
import { NoteEditor } from './note-editor.tsx';
import type { Entry } from './note-list.ts';
import type { Notebook } from './notebook.ts';
import { deleteNote } from './notes-api.ts';
import styles from './notes.module.css';
import { sentenceOf } from './problem.ts';
import { ReadCard } from './read-card.tsx';
import { reread } from './reread.ts';

interface NoteCardProps {
  readonly entry: Entry;
  readonly notebook: Notebook;
  /** The person who looks at the card has it taken away. */
  readonly onLeave: () => void;
}

/** An item of the list. One that is leaving stays in the document: the API may refuse to delete it. */
export function NoteCard({ entry, notebook, onLeave }: NoteCardProps) {
  const { note, isEdited, isLeaving, isGone } = entry;
  const { dispatch } = notebook;
  const [problem, setProblem] = useState<string>();
  const editButton = useFocusAfter(isEdited);
  const heading = `note-${note.id}`;

  const remove = async (): Promise<void> => {
    setProblem(undefined);
    dispatch({ kind: 'leave', id: note.id });
    onLeave();
    setProblem(await deleteFromList(entry, notebook));
  };

  return (
    <li className={styles.card} aria-labelledby={heading} hidden={isLeaving}>
      {isEdited ? (
        <NoteEditor entry={entry} notebook={notebook} heading={heading} />
      ) : (
        <ReadCard
          note={note}
          heading={heading}
          editButton={editButton}
          onEdit={() => dispatch({ kind: 'edit', id: note.id })}
          onDelete={() => void remove()}
        />
      )}
      {problem === undefined ? null : (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {isGone ? null : <AttachmentPart note={note} notebook={notebook} />}
    </li>
  );
}

/** Resolves to the reason, in words, when the note stays. */
async function deleteFromList({ note }: Entry, { dispatch, say }: Notebook): Promise<string | undefined> {
  const answer = await deleteNote(note.id, note.revision);
  const code = answer.kind === 'refused' ? answer.code : undefined;
  if (answer.kind === 'ok' || code === 'not_found') {
    dispatch({ kind: 'delete', id: note.id });
    say(`“${note.title}” was deleted.`);
    return undefined;
  }
  if (code === 'precondition_failed') await reread(note.id, dispatch);
  dispatch({ kind: 'stay', id: note.id });
  return sentenceOf(answer);
}

/** The `ref` of the button that has opened something: the focus returns to it when that is over. */
function useFocusAfter(isOpen: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return button;
}
