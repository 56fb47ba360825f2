/** The two statements of a rotation. Every time in them is the database's: instances' clocks may differ, its does not. */
import type { Database } from '../database/connect.ts';
import { sqlSeconds } from '../database/seconds.ts';
import type { Session } from '../generated/prisma/client.ts';
import type { TokenPosition } from '../refresh-token/refresh-token.ts';

/** A session's row with its user, and the database's time of reading. */
export interface RotationRow extends Session {
  readonly email: string;
  readonly name: string | null;
  readonly role: string;
  readonly readAt: Date;
}

/** A row as found when nothing could be rotated. */
export interface JudgedRow extends RotationRow {
  readonly isOver: boolean;
  readonly isWithinGrace: boolean;
}

const rotate = `
  UPDATE "Session" s SET
    generation = s.generation + 1,
    "rotatedAt" = now(),
    "lastActiveAt" = now(),
    "expiresAt" = least(now() + make_interval(secs => $3), s."absoluteExpiresAt")
  FROM "User" u
  WHERE s.id = $1 AND s.generation = $2 AND s."revokedAt" IS NULL
    AND s."expiresAt" > now() AND s."absoluteExpiresAt" > now() AND u.id = s."userId"
  RETURNING s.*, u.email, u.name, u.role, now() AS "readAt"`;

const judge = `
  SELECT s.*, u.email, u.name, u.role, now() AS "readAt",
    least(s."expiresAt", s."absoluteExpiresAt") <= now() AS "isOver",
    now() - s."rotatedAt" <= make_interval(secs => $2) AS "isWithinGrace"
  FROM "Session" s JOIN "User" u ON u.id = s."userId"
  WHERE s.id = $1`;

/**
 * Moves a session on by one generation if the presented one is the current one and the session goes on. One atomic
 * statement: of any number of holders on any number of instances exactly one gets the row.
 */
export async function rotateRow(
  database: Database,
  { sessionId, generation }: TokenPosition,
  idleSeconds: number,
): Promise<RotationRow | undefined> {
  const [row] = await database.$statement<RotationRow>(rotate, [sessionId, generation, sqlSeconds(idleSeconds)]);
  return row;
}

/** Reads the row that could not be rotated, and what the database's clock says about it. */
export async function readRow(
  database: Database,
  sessionId: string,
  graceSeconds: number,
): Promise<JudgedRow | undefined> {
  const [row] = await database.$statement<JudgedRow>(judge, [sessionId, sqlSeconds(graceSeconds)]);
  return row;
}
