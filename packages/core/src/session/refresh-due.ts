/** The one definition of "about to expire": guard, report and refresh must not disagree, or they loop. */

const longestMarginMs = 30_000;

/** The two times of an access token that decide when it is to be replaced. */
export interface AccessTokenTimes {
  /** Milliseconds on this server's clock. */
  readonly expiresAt: number;
  readonly lifetimeMs: number;
}

/** Due when less than 30 seconds or a fifth of the lifetime is left, whichever is shorter: any lifetime works. */
export function isRefreshDue({ expiresAt, lifetimeMs }: AccessTokenTimes, now: number): boolean {
  return expiresAt - now < Math.min(longestMarginMs, lifetimeMs / 5);
}
