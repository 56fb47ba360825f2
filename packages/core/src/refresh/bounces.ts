/** Counts how often a page was bounced to the refresh endpoint, so that it never goes on for ever (DESIGN section 8). */
import type { Digest } from '../digest.ts';
import { createMemory, type Memory } from '../access-token/memory.ts';
import { parseCookies, setCookie, type SetCookie } from '../cookies/header.ts';
import type { CookiePolicy } from '../cookies/policy.ts';
import { refreshMarginMs } from '../session/refresh-due.ts';
import type { SealedSession } from '../session/session-content.ts';

/** Tells a loop from a person who comes often. */
export interface Bounces {
  /** Whether this browser was bounced a moment ago. */
  isRecent(cookieHeader: string | null): boolean;
  /** Counts one bounce, and says whether it is one too many. */
  isLoop(cookieHeader: string | null, session: SealedSession): Promise<boolean>;
  /** The cookie that tells the next bounce of this one. It lives no longer than `session` is fresh. */
  count(cookieHeader: string | null, session: SealedSession): SetCookie;
}

/** What `createBounces()` takes; `now` is milliseconds since the epoch. */
export interface BouncesOptions {
  readonly policy: CookiePolicy;
  readonly digest: Digest;
  readonly now: () => number;
}

/** The third bounce within this time is the last. */
const mostBounces = 2;
const windowSeconds = 10;
/** A browser that keeps no cookies comes back with one token again and again; so do many tabs, but not this many. */
const mostVisitsPerToken = 250;
const rememberedTokens = 10_000;

/** Makes the counter. */
export function createBounces({ policy, digest, now }: BouncesOptions): Bounces {
  const visits = createMemory<number>({ capacity: rememberedTokens, now });
  const counted = (cookieHeader: string | null) => {
    const values = parseCookies(cookieHeader).filter(({ name }) => name === policy.name);
    return Math.max(0, ...values.map(({ value }) => (/^[0-9]$/.test(value) ? Number(value) : 0)));
  };
  return {
    isRecent: (cookieHeader) => counted(cookieHeader) > 0,
    async isLoop(cookieHeader, { content }) {
      const key = await digest(content.refreshToken);
      return visit(visits, key, now()) > mostVisitsPerToken || counted(cookieHeader) >= mostBounces;
    },
    count(cookieHeader, { accessToken }) {
      const freshForMs = accessToken.lifetimeMs - refreshMarginMs(accessToken);
      // Whoever comes back after a short-lived token's whole life is no loop, and must find the count gone.
      const maxAge = Math.max(1, Math.min(windowSeconds, Math.floor(freshForMs / 1000)));
      return setCookie({ name: policy.name, value: String(counted(cookieHeader) + 1), maxAge }, policy);
    },
  };
}

function visit(visits: Memory<number>, key: string, now: number): number {
  const count = (visits.recall(key) ?? 0) + 1;
  visits.remember(key, count, now + windowSeconds * 1000);
  return count;
}
