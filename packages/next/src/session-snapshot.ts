/** What the browser is told of a session, in the first HTML: nothing that `GET /api/session` would not tell it. */
import type { Authentication } from '@footbridge/core';
import type { SessionSnapshot } from './client/session-state.ts';

/** What `sessionSnapshot()` takes beside the server's finding. */
export interface SnapshotOptions {
  /** Whether an access token that is over can be exchanged; if not, its end is the session's. */
  readonly canRefresh: boolean;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Turns the server's finding into what `SessionProvider` starts with. */
export function sessionSnapshot(authentication: Authentication, options: SnapshotOptions): SessionSnapshot {
  const { canRefresh, now = Date.now } = options;
  if (authentication.kind === 'unavailable') return { status: 'unknown' };
  const isOver = authentication.kind === 'expired' && !canRefresh;
  if (authentication.kind === 'anonymous' || isOver) return { status: 'anonymous' };
  const { user, session } = authentication;
  const end = Math.min(session.expiresAt.getTime(), session.absoluteExpiresAt.getTime());
  return {
    status: 'authenticated',
    user,
    session: {
      expiresAt: session.expiresAt.toISOString(),
      absoluteExpiresAt: session.absoluteExpiresAt.toISOString(),
      endsInSeconds: (end - now()) / 1000,
    },
  };
}
