'use client';
/** The notes page where it lives: the list as the server has read it, then as it changes here and elsewhere. */
import { useRef } from 'react';
import { DownloadButton } from './download-button.tsx';
import { type LiveState, useLiveNotes } from './live-notes.ts';
import { NewNote } from './new-note.tsx';
import { NoteCard } from './note-card.tsx';
import type { NotesPage } from './note-list.ts';
import { exportPath } from './notes-api.ts';
import styles from './notes.module.css';
import { useNotebook } from './notebook.ts';
import { OlderNotes } from './older-notes.tsx';
import type { Limits } from './problem.ts';
import { SpokenMessage } from './spoken-message.tsx';
import { useNews } from './use-news.ts';

interface NotesViewProps {
  readonly initial: NotesPage;
  readonly limits: Limits;
  /** The cursor that the page was opened with, where it does not begin with the newest note. */
  readonly cursor: string | undefined;
}

export function NotesView({ initial, limits, cursor }: NotesViewProps) {
  const { list, message, ...notebook } = useNotebook(initial, limits);
  const live = useLiveNotes(useNews(notebook, { cursor, known: list.entries.length }));
  const heading = useRef<HTMLHeadingElement>(null);
  const isEmpty = list.entries.every(({ isLeaving }) => isLeaving);
  return (
    <>
      <NewNote notebook={notebook} />
      <section className={styles.notes} aria-labelledby="notes">
        <div className={styles.head}>
          <h2 id="notes" ref={heading} tabIndex={-1}>
            Your list
          </h2>
          <div className={styles.scripted}>
            <DownloadButton path={exportPath} onProblem={notebook.say}>
              Export all
            </DownloadButton>
          </div>
        </div>
        <p className={`${styles.live} ${styles.scripted}`} data-live={live}>
          {liveWords[live]}
        </p>
        {isEmpty ? <p className="muted">There are no notes yet.</p> : null}
        <ul className={styles.list}>
          {list.entries.map((entry) => (
            <NoteCard key={entry.note.id} entry={entry} notebook={notebook} onLeave={() => heading.current?.focus()} />
          ))}
        </ul>
        <OlderNotes nextCursor={list.nextCursor} notebook={notebook} />
      </section>
      <SpokenMessage message={message} />
    </>
  );
}

const liveWords: Readonly<Record<LiveState, string>> = {
  connecting: 'Live updates: connecting.',
  live: 'Live: what you change elsewhere shows up here.',
  lost: 'Live updates: interrupted, connecting again.',
  off: 'Live updates: paused.',
};
