'use client';
/** The form that makes a note: a server action's, which works without a script, and stays on the page with one. */
import { type FormEvent, useActionState, useState } from 'react';
import { ProblemSummary } from '../forms/form-field.tsx';
import { useServerWords } from '../forms/server-words.ts';
import { createNoteByForm } from './create-note.ts';
import { NoteFields } from './note-fields.tsx';
import { draftOf } from './note-form-data.ts';
import type { Notebook } from './notebook.ts';
import { createNote } from './notes-api.ts';
import styles from './notes.module.css';
import { type NoteProblem, problemOf } from './problem.ts';

export function NewNote({ notebook }: { readonly notebook: Notebook }) {
  const { dispatch, say, limits } = notebook;
  const [attempt, action, isSentPlainly] = useActionState(createNoteByForm, undefined);
  const [byScript, setByScript] = useState<{ readonly problem: NoteProblem | undefined }>();
  const [isSending, setSending] = useState(false);
  const problem = byScript ? byScript.problem : attempt?.problem;
  const form = useServerWords(problem?.whole);
  const isPending = isSending || isSentPlainly;

  const send = async (element: HTMLFormElement): Promise<void> => {
    setSending(true);
    const answer = await createNote(draftOf(new FormData(element)));
    setSending(false);
    if (answer.kind !== 'ok') {
      setByScript({ problem: problemOf(answer) });
      return;
    }
    setByScript({ problem: undefined });
    dispatch({ kind: 'put', note: answer.data });
    say(`“${answer.data.title}” was added.`);
    element.reset();
    element.querySelector('input')?.focus();
  };

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault(); // the server action is for where no script runs
    if (!isPending) void send(event.currentTarget);
  };

  return (
    <section className={styles.card} aria-labelledby="new-note">
      <h2 id="new-note">New note</h2>
      <form ref={form} className={styles.form} action={action} onSubmit={submit} aria-busy={isPending}>
        <ProblemSummary problem={problem?.whole} />
        <NoteFields limits={limits} problem={problem} draft={attempt?.draft} />
        <button className="button" type="submit" aria-disabled={isPending}>
          {isPending ? 'Adding it…' : 'Add note'}
        </button>
      </form>
    </section>
  );
}
