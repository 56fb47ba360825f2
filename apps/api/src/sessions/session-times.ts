/** When a session ends: it slides while it is used, and never past its absolute end. */

const lastInstant = Date.UTC(9999, 11, 31); // beyond it ISO 8601 needs more than four digits of year

/** Both in seconds; any positive number. */
export interface SessionLifetimes {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

/** The two ends of a session. */
export interface SessionEnds {
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
}

/** The ends of a session that begins now (milliseconds since the epoch). */
export function endsOfNewSession(now: number, { idleSeconds, absoluteSeconds }: SessionLifetimes): SessionEnds {
  const absoluteEnd = Math.min(now + absoluteSeconds * 1000, lastInstant);
  const idleEnd = Math.min(now + idleSeconds * 1000, absoluteEnd);
  return { expiresAt: new Date(idleEnd), absoluteExpiresAt: new Date(absoluteEnd) };
}

/** The nearer end of a session. */
export function endOf({ expiresAt, absoluteExpiresAt }: SessionEnds): Date {
  return expiresAt < absoluteExpiresAt ? expiresAt : absoluteExpiresAt;
}

/** Whole seconds for which a refresh token is good at `now`: never beyond the absolute end, 1 at least. */
export function refreshSeconds({ expiresAt, absoluteExpiresAt }: SessionEnds, now: number): number {
  const untilTheEnd = Math.floor((absoluteExpiresAt.getTime() - now) / 1000);
  return Math.max(1, Math.min(secondsUntil(expiresAt, now), untilTheEnd));
}

/** Seconds until an instant, to the nearest whole one, 1 at least. */
export function secondsUntil(instant: Date, now: number): number {
  return Math.max(1, Math.round((instant.getTime() - now) / 1000));
}
