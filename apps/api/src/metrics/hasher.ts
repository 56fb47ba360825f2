/** Measures the password pool from outside: how long its work takes, how much waits, and how much it refuses. */
import type { Hasher } from '../passwords/worker-pool.ts';
import { Refusal } from '../refusal.ts';
import type { Metrics } from './metrics.ts';

/** Where the figures go, and how many tasks run at once; the rest of them waits. */
export interface MeasuringOptions {
  readonly metrics: Pick<Metrics, 'hashing' | 'hashesWaiting' | 'hashesRefused'>;
  readonly workers: number;
}

/** The same hasher, measured. */
export function measureHasher(hasher: Hasher, { metrics, workers }: MeasuringOptions): Hasher {
  let unfinished = 0;
  const change = (by: 1 | -1): void => {
    unfinished += by;
    metrics.hashesWaiting.set(Math.max(0, unfinished - workers));
  };

  const measured = async <Result>(task: Promise<Result>): Promise<Result> => {
    change(1);
    const stop = metrics.hashing.startTimer();
    try {
      const result = await task;
      stop();
      return result;
    } catch (error) {
      if (error instanceof Refusal) metrics.hashesRefused.inc();
      throw error;
    } finally {
      change(-1);
    }
  };
  return {
    hash: (task) => measured(hasher.hash(task)),
    compare: (task) => measured(hasher.compare(task)),
    close: () => hasher.close(),
  };
}
