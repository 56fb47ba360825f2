/** Deletes what is over, sessions in batches, counts of attempts, retired keys: on every instance, at start and every few minutes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteRetiredKeys } from '../access-token/key-rows.ts';
import type { Database } from '../database/connect.ts';
import { sqlSeconds } from '../database/seconds.ts';
import type { Logger } from '../log.ts';
import { deleteExpiredCounts } from '../rate-limits/expired.ts';

const cleanUpLock = 4_721_850_117; // any number that nothing else in this database locks
const batchSize = 500;
const intervalMs = 5 * 60 * 1000;

/** `marginSeconds` is how long past its end a session stays: while anybody may still ask about it. */
export interface CleanUpOptions {
  readonly database: Database;
  readonly marginSeconds: number;
  readonly logger: Logger;
}

/** A clean-up at work. */
export interface CleanUp {
  /** Waits for the batch under way. */
  stop(): Promise<void>;
}

/** Starts cleaning up now and then. Never rejects: what fails is tried again the next time. */
export function startCleanUp(options: CleanUpOptions): CleanUp {
  const stop = new AbortController();
  const finished = keepCleaning(options, stop.signal);
  return {
    stop: () => {
      stop.abort();
      return finished;
    },
  };
}

async function keepCleaning(options: CleanUpOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const deleted = await cleanUp(options, signal);
      if (deleted > 0) options.logger.info({ deleted }, 'sessions_cleaned_up');
      await deleteExpiredCounts(options.database, signal);
      const kids = await deleteRetiredKeys(options.database);
      if (kids.length > 0) options.logger.info({ kids }, 'signing_keys_retired');
    } catch (err) {
      options.logger.warn({ err }, 'clean_up_failed');
    }
    await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** Deletes batch by batch until nothing is left, or another instance has its turn; gives the number of rows. */
export async function cleanUp({ database, marginSeconds }: CleanUpOptions, signal?: AbortSignal): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await deleteBatch(database, marginSeconds);
    deleted += batch;
    const isDone = batch < batchSize || signal?.aborted === true;
    if (isDone) return deleted;
  }
}

/**
 * One statement, one transaction: the lock is given back with it, also by a process that dies. A row that a request
 * holds is left for the next time. The idle end never lies behind the absolute one, so the two indexed columns suffice.
 */
function deleteBatch(database: Database, marginSeconds: number): Promise<number> {
  return database.$executeRaw`
    WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${cleanUpLock}::bigint) AS mine),
      past AS (SELECT now() - make_interval(secs => ${sqlSeconds(marginSeconds)}) AS instant),
      doomed AS (
        SELECT s.id FROM "Session" s
        WHERE (SELECT mine FROM turn)
          AND (s."expiresAt" < (SELECT instant FROM past) OR s."revokedAt" < (SELECT instant FROM past))
        LIMIT ${batchSize}
        FOR UPDATE SKIP LOCKED)
    DELETE FROM "Session" USING doomed WHERE "Session".id = doomed.id`;
}
