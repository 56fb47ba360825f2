/** Notes of one's own, kept by the API: what the browser does with them goes by way of the session. */
import { noteLimits } from '@footbridge/contracts';
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import styles from '../../../notes/notes.module.css';
import { NotesView } from '../../../notes/notes-view.tsx';
import { listNotes } from '../../../notes/own-notes.ts';
import { notesPath, recheckPath } from '../../../notes/paths.ts';
import type { Limits } from '../../../notes/problem.ts';
import type { Query } from '../../../query.ts';
import { requireSession } from '../../../session.ts';

export const metadata: Metadata = { title: 'Your notes' };

// Handed on, for the contract's own module would bring its schema library into the browser.
const { titleCharacters, bodyCharacters, attachmentBytes } = noteLimits;
const limits: Limits = { titleCharacters, bodyCharacters, attachmentBytes };

export default async function NotesPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  await requireSession();
  const { cursor, created } = await searchParams;
  const from = typeof cursor === 'string' ? cursor : undefined;
  const own = await listNotes(from);
  if (own.kind === 'over') redirect(recheckPath);
  return (
    <div className={styles.page}>
      <div className={styles.intro}>
        <p>
          <Link href="/private">Private page</Link>
        </p>
        <h1>Your notes</h1>
        <p className="muted">
          Kept by the API, for you alone. This page reads and writes them as you, and no script of it ever sees a token.
        </p>
        <noscript>
          <p className="muted">Changing and deleting notes, files and the export need JavaScript.</p>
        </noscript>
      </div>
      {created === 'yes' ? <output className={styles.done}>Your note was added.</output> : null}
      {from === undefined ? null : (
        <p>
          These are older notes. <a href={notesPath}>Show the newest</a>
        </p>
      )}
      {own.kind === 'listed' ? <NotesView key={from} initial={own.page} limits={limits} cursor={from} /> : <NoList />}
    </div>
  );
}

function NoList() {
  return (
    <div className={styles.problem} role="alert">
      <p>The list cannot be shown right now: the API does not answer. You are still logged in.</p>
      <p>
        <Link href={notesPath} prefetch={false}>
          Try again
        </Link>
      </p>
    </div>
  );
}
