'use client';
/** A note while somebody changes it. What happens to the note elsewhere never takes their words away. */
import type { NoteDraft } from '@footbridge/contracts';
import { useEffect, useState } from 'react';
import { ProblemSummary } from '../forms/form-field.tsx';
import { useServerWords } from '../forms/server-words.ts';
import { ChangedElsewhere, DeletedElsewhere } from './elsewhere.tsx';
import { NoteFields } from './note-fields.tsx';
import { draftOf } from './note-form-data.ts';
import type { Entry } from './note-list.ts';
import type { Notebook } from './notebook.ts';
import { createNote } from './notes-api.ts';
import styles from './notes.module.css';
import { type NoteProblem, problemOf } from './problem.ts';
import { readsTheSame, saveNote, type Saving } from './save-note.ts';

interface NoteEditorProps {
  readonly entry: Entry;
  readonly notebook: Notebook;
  /** Id of the heading, which names the card. */
  readonly heading: string;
}

export function NoteEditor({ entry: { note, isGone }, notebook, heading }: NoteEditorProps) {
  const { dispatch, say, limits } = notebook;
  const [begun] = useState(note);
  const [sent, setSent] = useState<NoteDraft>();
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<NoteProblem>();
  const form = useServerWords(problem?.whole);
  // What was sent may have arrived although nobody said so: one's own words are no news.
  const isKnown = [begun, sent].some((draft) => draft !== undefined && readsTheSame(draft, note));
  const hasChanged = !isGone && !isPending && !isKnown;

  useEffect(() => form.current?.querySelector('input')?.focus(), [form]);

  const settle = (saving: Saving): void => {
    setPending(false);
    if (saving.kind === 'ok') {
      dispatch({ kind: 'put', note: saving.data });
      dispatch({ kind: 'rest', id: note.id });
      say(`“${saving.data.title}” was saved.`);
    } else if (saving.kind === 'conflict') {
      dispatch(saving.note ? { kind: 'put', note: saving.note } : { kind: 'delete', id: note.id });
    } else {
      setProblem(problemOf(saving));
    }
  };

  const send = async (save: (draft: NoteDraft) => Promise<Saving>): Promise<void> => {
    if (isPending || !form.current) return;
    const draft = draftOf(new FormData(form.current));
    setSent(draft);
    setPending(true);
    setProblem(undefined);
    settle(await save(draft));
  };

  const close = (): void => dispatch({ kind: 'rest', id: note.id });

  return (
    <>
      <h3 id={heading} className={styles.title}>
        Edit: {begun.title}
      </h3>
      {hasChanged ? (
        <ChangedElsewhere
          note={note}
          onKeepMine={() => void send((draft) => saveNote(note, draft))}
          onTakeTheirs={close}
        />
      ) : null}
      {isGone ? <DeletedElsewhere onSaveAnew={() => void send(createNote)} onDiscard={close} /> : null}
      <form
        ref={form}
        className={styles.form}
        aria-busy={isPending}
        onSubmit={(event) => {
          event.preventDefault();
          if (!hasChanged && !isGone) void send((draft) => saveNote(note, draft));
        }}
      >
        <ProblemSummary problem={problem?.whole} />
        <NoteFields limits={limits} problem={problem} draft={begun} />
        {hasChanged || isGone ? null : (
          <div className={styles.buttons}>
            <button type="submit" className="button" aria-disabled={isPending}>
              {isPending ? 'Saving…' : 'Save'}
            </button>
            <button type="button" className="button quiet" onClick={close}>
              Cancel
            </button>
          </div>
        )}
      </form>
    </>
  );
}
