/** A bounded pool of threads for bcrypt, so that a burst of logins never blocks the event loop. */
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Refusal } from '../refusal.ts';

const workerFile = fileURLToPath(new URL('./bcrypt-worker.js', import.meta.url));
const waitingPerWorker = 32; // about eight seconds of work at cost 12
const retryAfterSeconds = 2;
const idleSeconds = 60;

/** Who does the hashing. */
export interface Hasher {
  hash(task: { readonly password: string; readonly cost: number }): Promise<string>;
  compare(task: { readonly password: string; readonly hash: string; readonly cost: number }): Promise<boolean>;
  /** Finishes what was accepted, refuses what comes later. */
  close(): Promise<void>;
}

/** `workers` is the number of threads; `queueLimit` how many tasks may wait, 32 per thread by default. */
export interface WorkerPoolOptions {
  readonly workers: number;
  readonly queueLimit?: number;
}

/** Starts the pool. A task that finds the queue full is refused with `service_unavailable`. */
export function createWorkerPool({ workers, queueLimit = workers * waitingPerWorker }: WorkerPoolOptions): Hasher {
  const pool = new Piscina({
    filename: workerFile,
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: idleSeconds * 1000,
    niceIncrement: 10, // answering requests comes before hashing
    env: {}, // a worker needs none of the process's secrets
    execArgv: [],
  });
  const unfinished = new Set<Promise<unknown>>();
  let isClosing = false;

  const run = async (name: 'hash' | 'compare', task: object): Promise<unknown> => {
    const isFull = unfinished.size >= workers + queueLimit;
    if (isFull || isClosing) throw new Refusal('service_unavailable', { retryAfterSeconds });
    const running: Promise<unknown> = pool.run(task, { name });
    unfinished.add(running);
    try {
      return await running;
    } finally {
      unfinished.delete(running);
    }
  };
  return {
    hash: async (task) => String(await run('hash', task)),
    compare: async (task) => (await run('compare', task)) === true,
    async close() {
      isClosing = true;
      await Promise.allSettled(unfinished);
      await pool.destroy();
    },
  };
}
