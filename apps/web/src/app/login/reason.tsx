'use client';
/** Tells somebody who was logged in, or was on the way somewhere, why they see the login page. */
import { useSession } from '@footbridge/next/client';
import styles from '../../forms/forms.module.css';
import type { Query } from '../../query.ts';

const reasons = new Map<string, string>([
  ['session_expired', 'Your session has expired. Log in again to go on where you were.'],
  ['session_ended', 'Your session has ended. Log in again to go on where you were.'],
  ['all_sessions_ended', 'You have ended all your sessions, this one included.'],
]);

const onTheWay = 'Log in to see that page; you will be taken to it.';

/** Says nothing to somebody who came by themselves. */
export function Reason({ query }: { readonly query: Query }) {
  const { status } = useSession();
  const named = typeof query['reason'] === 'string' ? reasons.get(query['reason']) : undefined;
  const known = status === 'ended' ? reasons.get('session_ended') : undefined; // by the document that led here
  const text = named ?? known ?? (query['returnTo'] === undefined ? undefined : onTheWay);
  return text === undefined ? null : <p className={styles.notice}>{text}</p>;
}
