/** One after the other: a burst of one user's changes waits here, and takes one connection instead of all. */

/** Runs what is given under one key in the order in which it came, whatever becomes of what went before. */
export type InTurn = <Result>(key: string, act: () => Promise<Result>) => Promise<Result>;

/** Creates the turns of one process. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const result = (last.get(key) ?? Promise.resolve()).then(act);
    const end = result.catch(() => {});
    last.set(key, end);
    try {
      return await result;
    } finally {
      if (last.get(key) === end) last.delete(key);
    }
  };
}
