/** The protected page: who you are, and how long your session lasts. */
import type { Metadata } from 'next';
import { PageLink } from '../../site/page-link.tsx';
import { Moment } from '../../site/moment.tsx';
import { requireSession } from '../../session.ts';
import styles from './private.module.css';

export const metadata: Metadata = { title: 'Private page' };

export default async function PrivatePage() {
  const { user, session } = await requireSession();
  return (
    <div className={styles.page}>
      <div className={styles.intro}>
        <h1>{user.name ? `Hello, ${user.name}` : 'Hello'}</h1>
        <p className="muted">
          This page is yours alone. The guard let you in, and the page checked again; neither asked the API anything.
        </p>
        <p className={styles.links}>
          <PageLink className="button quiet" href="/private/notes">
            Your notes
          </PageLink>
          <PageLink className="button quiet" href="/private/sessions">
            Your sessions
          </PageLink>
          <PageLink className="button quiet" href="/private/password">
            Change password
          </PageLink>
        </p>
      </div>

      <section className={styles.card} aria-labelledby="user">
        <h2 id="user">User</h2>
        <dl className={styles.facts}>
          <dt>E-mail</dt>
          <dd>{user.email}</dd>
          <dt>Name</dt>
          <dd>{user.name ?? <span className="muted">not given</span>}</dd>
          <dt>Role</dt>
          <dd>{user.role}</dd>
          <dt>Id</dt>
          <dd className="mono">{user.id}</dd>
        </dl>
      </section>

      <section className={styles.card} aria-labelledby="session">
        <h2 id="session">Session</h2>
        <dl className={styles.facts}>
          <dt>Ends when unused</dt>
          <dd>
            <PreciseMoment at={session.expiresAt} />
          </dd>
          <dt>Ends in any case</dt>
          <dd>
            <PreciseMoment at={session.absoluteExpiresAt} />
          </dd>
          <dt>Id</dt>
          <dd className="mono">{session.id}</dd>
        </dl>
      </section>
    </div>
  );
}

function PreciseMoment({ at }: { readonly at: Date }) {
  return (
    <Moment at={at}>
      <span className={`mono ${styles.machine}`}>{at.toISOString()}</span>
    </Moment>
  );
}
