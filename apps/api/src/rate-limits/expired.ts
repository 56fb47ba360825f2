/** Deletes counts whose minute is over; the library only ever overwrites them. */
import type { Database } from '../database/connect.ts';

const batchSize = 1000;
const clocksApartMs = 60_000; // a window is timed by the clock of whoever began it

/** Deletes batch by batch until nothing is left, and gives the number of rows. A row in use is left for the next time. */
export async function deleteExpiredCounts(database: Database, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await database.$executeRaw`
      DELETE FROM "RateLimit" WHERE key IN (
        SELECT key FROM "RateLimit" WHERE expire < (extract(epoch FROM now()) * 1000)::bigint - ${clocksApartMs}::int
        LIMIT ${batchSize} FOR UPDATE SKIP LOCKED)`;
    deleted += batch;
    const isDone = batch < batchSize || signal?.aborted === true;
    if (isDone) return deleted;
  }
}
