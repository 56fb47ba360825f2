/** What local verification cannot know: the sessions that ended before the access tokens that name them. */

/** One ended session; `revokedAt` is on the database's clock. */
export interface EndedSession {
  readonly id: string;
  readonly revokedAt: Date;
}

/** Somebody who is told of every session that ends from now on. */
export interface Watcher {
  ended(session: EndedSession): void;
  /** Nothing more will come: this process stops, or has lost touch with the others. */
  over(): void;
}

/** The set of one process. */
export interface RevocationSet {
  /** Whether a session is known to have ended. */
  has(id: string): boolean;
  /** Remembers sessions and tells the watchers of those that are news. */
  add(sessions: readonly EndedSession[]): void;
  /** Watches until the function that it gives is called. A set that is not current is over at once. */
  watch(watcher: Watcher): () => void;
  /** Whether sessions that end on other instances arrive here. Without it, absence from the set proves nothing. */
  readonly isCurrent: boolean;
  /** Says so. Losing touch ends every watch: what was missed must be caught up, in order, by watching again. */
  setCurrent(isCurrent: boolean): void;
}

/** `retentionSeconds` outlives every token of a session that ended now; `now` gives milliseconds since the epoch. */
export interface RevocationSetOptions {
  readonly retentionSeconds: number;
  readonly now: () => number;
}

/** Creates the set. It counts as current: one process alone knows everything that it did itself. */
export function createRevocationSet({ retentionSeconds, now }: RevocationSetOptions): RevocationSet {
  const arrivals = new Map<string, number>();
  const watchers = new Set<Watcher>();
  let isCurrent = true;

  /** Age counts from the arrival, so that a clock that differs from the database's forgets nothing too early. */
  const forgetOld = (): void => {
    const horizon = now() - retentionSeconds * 1000;
    for (const [id, arrivedAt] of arrivals) {
      if (arrivedAt >= horizon) break;
      arrivals.delete(id);
    }
  };

  return {
    has: (id) => arrivals.has(id),

    add(sessions) {
      forgetOld();
      for (const session of sessions) {
        if (arrivals.has(session.id)) continue;
        arrivals.set(session.id, now());
        for (const watcher of watchers) watcher.ended(session);
      }
    },

    watch(watcher) {
      if (isCurrent) watchers.add(watcher);
      else watcher.over();
      return () => void watchers.delete(watcher);
    },

    get isCurrent() {
      return isCurrent;
    },

    setCurrent(value) {
      isCurrent = value;
      if (isCurrent) return;
      const cutOff = [...watchers];
      watchers.clear();
      for (const watcher of cutOff) watcher.over();
    },
  };
}
