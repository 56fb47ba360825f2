/** What an access token says of its session where it is the session cookie, and nothing else tells a frontend. */
import type { SessionClaims, User } from '@footbridge/contracts';
import type { SessionEnds } from '../sessions/session-times.ts';

/** A person, and both ends of their session. */
export interface DescribedSession {
  readonly user: User;
  readonly session: SessionEnds;
}

/** Makes the claims. Times are seconds since the epoch as the row has them, milliseconds as fractions. */
export function sessionClaimsOf({ user, session }: DescribedSession): SessionClaims {
  return {
    email: user.email,
    name: user.name,
    session_expires_at: session.expiresAt.getTime() / 1000,
    session_absolute_expires_at: session.absoluteExpiresAt.getTime() / 1000,
  };
}
