/** Ends sessions and tells every instance in the same statement: a process that dies cannot have ended one silently. */
import { revocation } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import { sqlSeconds } from '../database/seconds.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { EndedSession, RevocationSet } from './revocation-set.ts';

/** The channel of `LISTEN` and `NOTIFY`. */
export const revocationChannel = 'footbridge_revocations';

/** A statement takes its time from a clock before others see its row: readers go back this far to miss none. */
const overlapSeconds = 30;

/** Why a session ended before its time. */
export type RevocationReason = 'logout' | 'logout_all' | 'ended_by_user' | 'password_changed' | 'refresh_token_reused';

/** What a reader of the feed gets: oldest first, and the database's time of reading. */
export interface LedgerPage {
  readonly ended: readonly EndedSession[];
  readonly readAt: Date;
}

/** The sessions that ended before their time, as the rows tell. */
export interface Ledger {
  /** Ends the live sessions that a condition on `"Session"` selects, and gives those that it ended. */
  end(which: Prisma.Sql, reason: RevocationReason): Promise<readonly EndedSession[]>;
  /** Tells this process of sessions that a transaction with `ending()` has ended. */
  announce(sessions: readonly EndedSession[], reason: RevocationReason): void;
  /** Reads what ended since an instant, some of it again; everything that still matters without a usable one. */
  readSince(instant: Date | undefined): Promise<LedgerPage>;
}

/** Where the rows are, whom to tell, and for how many seconds the end of a session matters. */
export interface LedgerOptions {
  readonly database: Database;
  readonly set: RevocationSet;
  readonly retentionSeconds: number;
  /** Told how many sessions this process has ended, each time. Default: nobody. */
  readonly onEnded?: (reason: RevocationReason, count: number) => void;
}

/** Creates the ledger. */
export function createLedger(options: LedgerOptions): Ledger {
  const { database, set, retentionSeconds, onEnded = () => {} } = options;
  const retention = sqlSeconds(retentionSeconds);
  const announce: Ledger['announce'] = (sessions, reason) => {
    set.add(sessions);
    if (sessions.length > 0) onEnded(reason, sessions.length);
  };
  return {
    async end(which, reason) {
      const ended = await database.$queryRaw<EndedSession[]>(ending(which, reason));
      announce(ended, reason);
      return ended;
    },

    announce,

    async readSince(instant) {
      const rows = await database.$queryRaw<LedgerRow[]>`
        WITH window_start AS (
          SELECT now() AS "readAt",
            CASE WHEN ${instant ?? null}::timestamptz BETWEEN now() - make_interval(secs => ${retention}) AND now()
              THEN ${instant ?? null}::timestamptz - make_interval(secs => ${overlapSeconds})
              ELSE now() - make_interval(secs => ${retention}) END AS start)
        SELECT s.id, s."revokedAt", w."readAt"
        FROM window_start w LEFT JOIN "Session" s ON s."revokedAt" >= w.start
        ORDER BY s."revokedAt", s.id`;
      const [first] = rows;
      return { ended: rows.filter(isEnded), readAt: first?.readAt ?? new Date(0) };
    },
  };
}

/** The outer join gives one row without a session when nothing has ended. */
type LedgerRow = (EndedSession | { readonly id: null }) & { readonly readAt: Date };

function isEnded(row: LedgerRow): row is EndedSession & LedgerRow {
  return row.id !== null;
}

/**
 * The statement that ends sessions, for whoever must commit it together with something else.
 * `clock_timestamp()` is read when the row is written, after any wait for its lock.
 */
export function ending(which: Prisma.Sql, reason: RevocationReason): Prisma.Sql {
  return Prisma.sql`
    WITH ended AS (
      UPDATE "Session" SET "revokedAt" = clock_timestamp(), "revokedReason" = ${reason}
      WHERE ${which} AND "revokedAt" IS NULL
      RETURNING id, "revokedAt")
    SELECT ended.id, ended."revokedAt"
    FROM ended, LATERAL pg_notify(${revocationChannel}, json_build_object(
      'sid', ended.id,
      'revokedAt', to_char(ended."revokedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text)`;
}

/** Reads what `ending()` notifies; `undefined` for anything else that somebody sends on the channel. */
export function readNotification(payload: string | undefined): EndedSession | undefined {
  try {
    const { sid, revokedAt } = revocation.parse(JSON.parse(payload ?? ''));
    return { id: sid, revokedAt: new Date(revokedAt) };
  } catch {
    return undefined;
  }
}
