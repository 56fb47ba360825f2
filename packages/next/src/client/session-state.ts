/** What a document knows of its session, and what the server's word makes of it. */
import type { User } from '@footbridge/contracts';

/** How long a session lasts. Times are ISO 8601 on the server's clock. */
export interface SessionTimes {
  /** End of the session when nobody comes back. */
  readonly expiresAt: string;
  /** End of the session whatever happens. */
  readonly absoluteExpiresAt: string;
  /**
   * Seconds from the moment of the server's word to the earlier of both, negative when it is past: the browser's own
   * clock may be wrong.
   */
  readonly endsInSeconds: number;
}

/** The server's word on who is logged in; `unknown` while it cannot say. */
export type SessionSnapshot =
  | { readonly status: 'unknown' }
  | { readonly status: 'anonymous' }
  | { readonly status: 'authenticated'; readonly user: User; readonly session: SessionTimes };

/**
 * What a document knows. `ended`: the person whom it was made for is not logged in any more; `successor` is who has
 * logged in since, for whom nothing on the page was meant.
 */
export type SessionState =
  | SessionSnapshot
  | { readonly status: 'ended'; readonly user: User; readonly successor?: User };

/** A document belongs to the person whom the server made it for; news can end that, and nothing but theirs revives it. */
export function afterReport(state: SessionState, report: SessionSnapshot): SessionState {
  if (report.status === 'unknown') return state;
  if (state.status === 'unknown' || state.status === 'anonymous') return report;
  const { user } = state;
  if (report.status === 'anonymous') return { status: 'ended', user };
  return report.user.id === user.id ? report : { status: 'ended', user, successor: report.user };
}
