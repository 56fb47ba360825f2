/** Counts attempts in fixed windows of a minute: in PostgreSQL for all instances together, or in this process alone. */
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Database } from '../database/connect.ts';

const windowSeconds = 60;

/** What becomes of an attempt; `retryAfterSeconds` is a whole number, 1 at least. */
export type Count = { readonly kind: 'within' } | { readonly kind: 'beyond'; readonly retryAfterSeconds: number };

/** Counts one kind of attempt, by key. A window begins with its first attempt, and nothing makes it longer. */
export interface Counter {
  /** Counts one attempt. Throws `service_unavailable` while the store cannot be reached: nothing passes uncounted. */
  count(key: string): Promise<Count>;
  /** Forgets what was counted. */
  clear(key: string): Promise<void>;
}

/** Makes a counter of so many attempts a minute; the name keeps its keys apart from those of others. */
export type OpenCounter = (name: string, limit: number) => Counter;

/** Counts in the table `RateLimit`. A key beyond its limit is remembered here too: a flood costs no statements. */
export function sharedCounters(database: Pick<Database, '$statement'>): OpenCounter {
  const storeClient = {
    async query({ text, values }: Statement) {
      const rows = await database.$statement(text, values);
      return { rows, rowCount: rows.length };
    },
  };
  return (name, limit) =>
    asCounter(
      new RateLimiterPostgres({
        storeClient,
        storeType: 'client',
        tableName: 'RateLimit',
        tableCreated: true,
        clearExpiredByTimeout: false, // the clean-up does it
        inMemoryBlockOnConsumed: limit + 1,
        keyPrefix: name,
        points: limit,
        duration: windowSeconds,
      }),
    );
}

/** As the library hands it to `pg`; without its name, which an embedded database would take for another session's. */
interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Counts in memory, for a database that one process has to itself. */
export function ownCounters(): OpenCounter {
  return (name, limit) => asCounter(new RateLimiterMemory({ keyPrefix: name, points: limit, duration: windowSeconds }));
}

/** The library rejects with its own result for what is beyond the limit, and with an error for its store's failure. */
function asCounter(limiter: RateLimiterAbstract): Counter {
  return {
    async count(key) {
      try {
        await limiter.consume(key);
        return { kind: 'within' };
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return { kind: 'beyond', retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
      }
    },
    async clear(key) {
      await limiter.delete(key);
    },
  };
}
