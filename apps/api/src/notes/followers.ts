/** Wakes the live feeds of this process: a word that a user's notes have changed, never what is new about them. */

/** One feed that waits. */
export interface Follower {
  /** Resolves when there may be something to read, at once if there was since the last time; `false` after the end. */
  next(): Promise<boolean>;
  leave(): void;
}

/** The feeds of one process. */
export interface Followers {
  /** Follows one user's notes. Whoever reads them after this call misses nothing. */
  follow(userId: string): Follower;
  /** Wakes those who follow this user. */
  tell(userId: string): void;
  /** Wakes everybody: something may have been missed. */
  tellAll(): void;
}

/** Creates the followers. */
export function createFollowers(): Followers {
  const byUser = new Map<string, Set<() => void>>();
  return {
    follow(userId) {
      const wakes = byUser.get(userId) ?? new Set();
      byUser.set(userId, wakes);
      const { follower, wake } = createFollower(() => {
        wakes.delete(wake);
        if (wakes.size === 0 && byUser.get(userId) === wakes) byUser.delete(userId);
      });
      wakes.add(wake);
      return follower;
    },

    tell(userId) {
      for (const wake of byUser.get(userId) ?? []) wake();
    },

    tellAll() {
      for (const wakes of byUser.values()) for (const wake of wakes) wake();
    },
  };
}

/** A word that comes while nobody waits is kept; any number of them count as one. */
function createFollower(onLeave: () => void): { follower: Follower; wake: () => void } {
  let isHere = true;
  let isTold = false;
  let resume: (() => void) | undefined;
  const wake = (): void => {
    isTold = true;
    resume?.();
  };
  const follower: Follower = {
    async next() {
      if (!isTold) await new Promise<void>((resolve) => void (resume = resolve));
      isTold = false;
      return isHere;
    },
    leave() {
      isHere = false;
      onLeave();
      wake();
    },
  };
  return { follower, wake };
}
