/** The one definition of "about to expire": guard, report and refresh must not disagree, or they loop. */

const longestMarginMs = 30_000;

/** The two times of an access token that decide when it is to be replaced. */
export interface AccessTokenTimes {
  /** Milliseconds on this server's clock. */
  readonly expiresAt: number;
  readonly lifetimeMs: number;
}

/** How long before its end a token is due: 30 seconds or a fifth of its lifetime, the shorter: any lifetime works. */
export function refreshMarginMs({ lifetimeMs }: Pick<AccessTokenTimes, 'lifetimeMs'>): number {
  return Math.min(longestMarginMs, lifetimeMs / 5);
}

/** Whether a token is over, or about to be. */
export function isRefreshDue(times: AccessTokenTimes, now: number): boolean {
  return times.expiresAt - now < refreshMarginMs(times);
}
