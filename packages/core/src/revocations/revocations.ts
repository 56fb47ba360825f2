/** Which sessions were ended elsewhere: closes the gap that local verification leaves (DESIGN section 5.4). */
import type { OpenFeed } from '../api/revocation-feed.ts';
import type { Logger } from '../logger.ts';
import type { Observe } from '../observer.ts';
import { createEndListeners } from './end-listeners.ts';
import { createHearing, type HearingState } from './hearing.ts';
import { createRevokedSessions } from './revoked-sessions.ts';
import { createSubscriber } from './subscriber.ts';

/** What this process knows of ended sessions, and how well it is informed. */
export interface Revocations {
  /** Costs one look-up. */
  isRevoked(sid: string): boolean;
  /** What this process has learnt by itself: a logout, or the API's answer to a refresh. */
  revoke(sid: string): void;
  /**
   * Calls back once when the session ends, here or by the feed; soon, when it has ended already. The listener must not
   * throw. Returns what unsubscribes.
   */
  onEnd(sid: string, listener: () => void): () => void;
  /** Nothing was heard for longer than the maximum staleness; before the first word, since creation. */
  isStale(): boolean;
  /** Starts and stops the subscription. Idempotent; neither throws. */
  start(): void;
  stop(): void;
  state(): RevocationsState;
}

/** How the subscription fares, and what came of it. */
export interface RevocationsState extends HearingState {
  /** How many ended sessions are refused. */
  readonly known: number;
}

/** What `createRevocations()` takes; every default suits a feed with a heartbeat a second. */
export interface RevocationsOptions {
  /** Absent where the API has no feed: then only this process's own word counts. */
  readonly openFeed?: OpenFeed | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Default: nobody. */
  readonly observe?: Observe | undefined;
  /** How long the feed may be down before `isStale()`. */
  readonly maxStalenessSeconds: number;
  /** The longest time that an access token can live. Default 86 400. */
  readonly retainSeconds?: number | undefined;
  /** Ended sessions held in memory at most. Default 1 000 000. */
  readonly capacity?: number | undefined;
  /** Default 2000. */
  readonly silenceMs?: number | undefined;
  /** The longest pause before the first attempt to reconnect. Default 750. */
  readonly firstPauseMs?: number | undefined;
  /** The longest pause before any attempt. Default 1500. */
  readonly longestPauseMs?: number | undefined;
  /** Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Creates the set and its subscription. Nothing is fetched before `start()`. */
export function createRevocations(options: RevocationsOptions): Revocations {
  const { openFeed, now, logger, capacity = 1_000_000, retainSeconds = 86_400 } = options;
  const onOverflow = once(() => logger.error('revoked_sessions_overflow', { capacity }));
  const sessions = createRevokedSessions({ retainSeconds, capacity, now, onOverflow });
  const hearing = createHearing(options);
  const listeners = createEndListeners();

  /** Whether it was news. */
  function end(sid: string): boolean {
    const isNews = sessions.add(sid);
    if (isNews) listeners.tell(sid);
    return isNews;
  }

  const subscriber =
    openFeed &&
    createSubscriber({
      openFeed,
      random: options.random ?? Math.random,
      silenceMs: options.silenceMs ?? 2_000,
      firstPauseMs: options.firstPauseMs ?? 750,
      longestPauseMs: options.longestPauseMs ?? 1_500,
      onDown: (reason) => hearing.lost(reason),
      onEvent(event) {
        const isNews = event.kind === 'revoked' && end(event.sid);
        hearing.heard(event, isNews);
      },
    });

  return {
    isRevoked: (sid) => sessions.has(sid),
    revoke: (sid) => void end(sid),
    onEnd(sid, listener) {
      const unsubscribe = listeners.add(sid, listener);
      // Later, so that whoever subscribes has the means to unsubscribe by then.
      if (sessions.has(sid)) queueMicrotask(() => listeners.tell(sid));
      return unsubscribe;
    },
    isStale: () => hearing.isStale(),
    start() {
      if (!subscriber || hearing.state().kind !== 'idle') return;
      hearing.started();
      subscriber.start();
    },
    stop() {
      subscriber?.stop();
      hearing.stopped();
    },
    state: () => ({ ...hearing.state(), known: sessions.size() }),
  };
}

/** A dropped entry is a session that is no longer refused: to be said, but not with every further one. */
function once(say: () => void): () => void {
  let wasSaid = false;
  return () => {
    if (!wasSaid) say();
    wasSaid = true;
  };
}
