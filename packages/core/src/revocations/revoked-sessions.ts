/** The ids of ended sessions whose access tokens may still be about: what every request is held against. */

/** A set that forgets what no token can name any more. */
export interface RevokedSessions {
  has(sid: string): boolean;
  /** Whether it was news. */
  add(sid: string): boolean;
  /** How many are known. */
  size(): number;
}

/** What `createRevokedSessions()` takes; `now` is milliseconds since the epoch. */
export interface RevokedSessionsOptions {
  /** How long an entry is needed: as long as an access token can live. */
  readonly retainSeconds: number;
  /** A number of entries; beyond it the oldest are dropped. */
  readonly capacity: number;
  readonly now: () => number;
  /** Told of every entry that was dropped before its time: its session is no longer refused. */
  readonly onOverflow: () => void;
}

/** Entries stay in the order in which they were first heard of, which is the order in which they may be forgotten. */
export function createRevokedSessions(options: RevokedSessionsOptions): RevokedSessions {
  const { retainSeconds, capacity, now, onOverflow } = options;
  const heardAt = new Map<string, number>();

  function forgetOld(): void {
    const horizon = now() - retainSeconds * 1000;
    for (const [sid, at] of heardAt) {
      if (at > horizon) return;
      heardAt.delete(sid);
    }
  }

  function dropOldest(): void {
    const { value: oldest } = heardAt.keys().next();
    if (oldest === undefined) return;
    heardAt.delete(oldest);
    onOverflow();
  }

  return {
    has: (sid) => heardAt.has(sid), // an id is never given twice: one that could be forgotten does no harm
    add(sid) {
      if (heardAt.has(sid)) return false;
      forgetOld();
      if (heardAt.size >= capacity) dropOldest();
      heardAt.set(sid, now());
      return true;
    },
    size() {
      forgetOld();
      return heardAt.size;
    },
  };
}
