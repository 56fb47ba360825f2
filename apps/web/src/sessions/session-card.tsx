/** One session, in words that tell a person which of their devices it is. */
import type { SessionEntry } from '@footbridge/contracts';
import { Moment } from '../site/moment.tsx';
import { SubmitButton } from '../site/submit-button.tsx';
import { endOne } from './actions.ts';
import { deviceName } from './device-name.ts';
import styles from './sessions.module.css';

/** An item of the list. The session that shows it has no button: leaving it is what "Log out" is for. */
export function SessionCard({ session }: { readonly session: SessionEntry }) {
  const name = deviceName(session.userAgent);
  const heading = `session-${session.id}`;
  return (
    <li className={styles.card} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading} className={styles.device}>
          {name}
        </h2>
        {session.current ? (
          <strong className={styles.current}>This one</strong>
        ) : (
          <EndButton id={session.id} name={name} />
        )}
      </div>
      <dl className={styles.facts}>
        <dt>Last active</dt>
        <dd>
          <Moment at={new Date(session.lastActiveAt)} />
        </dd>
        <dt>Started</dt>
        <dd>
          <Moment at={new Date(session.createdAt)} />
        </dd>
        <dt>Ends when unused</dt>
        <dd>
          <Moment at={new Date(session.expiresAt)} />
        </dd>
        <dt>Ends in any case</dt>
        <dd>
          <Moment at={new Date(session.absoluteExpiresAt)} />
        </dd>
        <dt>Address</dt>
        <dd>{session.address ?? <span className="muted">not known</span>}</dd>
      </dl>
    </li>
  );
}

function EndButton({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <form action={endOne}>
      <input type="hidden" name="id" value={id} />
      <SubmitButton className="button quiet" pending="Ending it…" label={`End this session: ${name}`}>
        End this session
      </SubmitButton>
    </form>
  );
}
