/** How well this process hears the revocation feed: live or down, since when, and how late the news comes. */
import type { FeedEvent } from '../api/revocation-feed.ts';
import type { Logger } from '../logger.ts';
import { type Observe, unobserved } from '../observer.ts';

/** What the operator sees, and what staleness is judged by. */
export interface Hearing {
  started(): void;
  stopped(): void;
  /** `isNews`: the event told of a session that was not known to have ended. */
  heard(event: FeedEvent, isNews: boolean): void;
  lost(reason: string): void;
  isStale(): boolean;
  state(): HearingState;
}

/** `idle`: not started, stopped, or the API has no feed. */
export interface HearingState {
  readonly kind: 'idle' | 'live' | 'down';
  /** Milliseconds since the epoch. A feed is down since it was last heard, not since that was noticed. */
  readonly since: number;
  /** How late the last news was, the difference of the two clocks included. */
  readonly lagMs: number | undefined;
  /** Milliseconds since the epoch; creation, before the first word. */
  readonly heardAt: number;
  /** Whether `isStale()`. */
  readonly isStale: boolean;
}

/** What `createHearing()` takes; `now` is milliseconds since the epoch. */
export interface HearingOptions {
  readonly now: () => number;
  readonly logger: Logger;
  readonly maxStalenessSeconds: number;
  /** Default: nobody. */
  readonly observe?: Observe | undefined;
}

/** Starts idle. A change is logged once, however many attempts fail after it. */
export function createHearing(options: HearingOptions): Hearing {
  const { now, logger, maxStalenessSeconds, observe = unobserved } = options;
  const createdAt = now();
  let current: Pick<HearingState, 'kind' | 'since'> = { kind: 'idle', since: createdAt };
  let lastHeardAt = createdAt;
  let startedAt = createdAt;
  let lagMs: number | undefined;
  let logged: 'live' | 'down' | undefined;

  function becomeLive(): void {
    logger.info('revocation_feed_live', { afterMs: now() - current.since });
    logged = 'live';
    current = { kind: 'live', since: now() };
  }

  function isStale(): boolean {
    const unheardMs = now() - lastHeardAt;
    const isRecent = unheardMs >= 0 && unheardMs <= maxStalenessSeconds * 1000; // a clock set back proves nothing
    return current.kind !== 'live' && !isRecent;
  }

  return {
    started() {
      startedAt = now();
      current = { kind: 'down', since: lastHeardAt };
    },
    stopped() {
      if (current.kind !== 'idle') current = { kind: 'idle', since: now() };
      logged = undefined;
    },
    heard(event, isNews) {
      if (current.kind === 'down') becomeLive();
      lastHeardAt = now();
      if (event.kind === 'unreadable') logger.error('revocation_unreadable');
      // What ended before this process listened is not late, however old it is.
      if (event.kind !== 'revoked' || !isNews || event.revokedAt < startedAt) return;
      lagMs = Math.max(0, now() - event.revokedAt);
      observe({ kind: 'revocation', lagSeconds: lagMs / 1000 });
    },
    lost(reason) {
      if (current.kind === 'live') current = { kind: 'down', since: lastHeardAt };
      if (logged === 'down') return;
      logged = 'down';
      logger.warn('revocation_feed_down', { reason });
    },
    isStale,
    state: () => ({ ...current, lagMs, heardAt: lastHeardAt, isStale: isStale() }),
  };
}
