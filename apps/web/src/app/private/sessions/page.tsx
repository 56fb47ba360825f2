/** Where somebody is logged in: every session, and forms that end one, all others, or all. */
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import type { Query } from '../../../query.ts';
import { requireSession } from '../../../session.ts';
import { endOthers } from '../../../sessions/actions.ts';
import { listSessions, type OwnSessions } from '../../../sessions/own-sessions.ts';
import { outcomeOf, recheckPath, sessionsPath } from '../../../sessions/paths.ts';
import { SessionCard } from '../../../sessions/session-card.tsx';
import styles from '../../../sessions/sessions.module.css';
import { SubmitButton } from '../../../site/submit-button.tsx';

export const metadata: Metadata = { title: 'Your sessions' };

export default async function SessionsPage({ searchParams }: { readonly searchParams: Promise<Query> }) {
  await requireSession();
  const own = await listSessions();
  if (own.kind === 'over') redirect(recheckPath);
  const outcome = outcomeOf(await searchParams);
  return (
    <div className={styles.page}>
      <div className={styles.intro}>
        <p>
          <Link href="/private">Private page</Link>
        </p>
        <h1>Your sessions</h1>
        <p className="muted">
          Every browser in which you are logged in. One that you end here is put out everywhere within a second.
        </p>
      </div>
      {outcome ? (
        <p className={styles[outcome.kind]} role={outcome.kind === 'problem' ? 'alert' : 'status'}>
          {outcome.text}
        </p>
      ) : null}
      {own.kind === 'listed' ? <Sessions sessions={own.sessions} /> : <NoList />}
    </div>
  );
}

type Listed = Extract<OwnSessions, { kind: 'listed' }>;

function Sessions({ sessions }: Pick<Listed, 'sessions'>) {
  const others = sessions.filter(({ current }) => !current);
  const current = sessions.filter((session) => session.current);
  return (
    <>
      <ul className={styles.list}>
        {[...current, ...others].map((session) => (
          <SessionCard key={session.id} session={session} />
        ))}
      </ul>
      <section className={styles.ends} aria-labelledby="ends">
        <h2 id="ends">End several at once</h2>
        {others.length > 0 ? (
          <form action={endOthers} className={styles.end}>
            <p>
              All other sessions: {others.length === 1 ? 'one more browser has' : `${others.length} more browsers have`}{' '}
              to log in again. You stay logged in here.
            </p>
            <SubmitButton className="button quiet" pending="Ending them…">
              End all other sessions
            </SubmitButton>
          </form>
        ) : (
          <p className="muted">You are logged in nowhere else.</p>
        )}
        {/* Posted as a whole document: it ends where a logout does, with nothing of this one left. */}
        <form method="post" action="/api/sessions/end-all" className={styles.end}>
          <input type="hidden" name="returnTo" value="/login?reason=all_sessions_ended" />
          <p>All sessions, this one included: you have to log in again here, too.</p>
          <button type="submit" className="button danger">
            End all sessions
          </button>
        </form>
      </section>
    </>
  );
}

function NoList() {
  return (
    <div className={styles.problem} role="alert">
      <p>The list cannot be shown right now: the sign-in service does not answer. You are still logged in.</p>
      <p>
        <Link href={sessionsPath} prefetch={false}>
          Try again
        </Link>
      </p>
    </div>
  );
}
