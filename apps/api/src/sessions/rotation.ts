/** Rotates refresh tokens (RFC 9700, section 4.14.2): idempotent for parallel and repeated requests, deadly for a thief. */
import type { User } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import { Prisma, type Session } from '../generated/prisma/client.ts';
import { createKeyMemory } from '../refresh-token/key-memory.ts';
import { isGenuine, type PresentedToken, parseRefreshToken } from '../refresh-token/refresh-token.ts';
import { refreshTokenKeys, type SessionKeys } from '../refresh-token/token-keys.ts';
import { Refusal } from '../refusal.ts';
import type { Ledger } from '../revocations/ledger.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { type JudgedRow, type RotationRow, readRow, rotateRow } from './rotation-rows.ts';

const rememberedSessions = 10_000;
const attempts = 3;
const retryAfterSeconds = 1;

/** Why a refresh token ends with nothing. */
export type RotationRefusal = 'invalid_refresh_token' | 'session_expired' | 'session_revoked' | 'refresh_token_reused';

/** What becomes of a refresh token. */
export type Rotation =
  | {
      /** `rotated`: this request moved the session on. `repeated`: another one had, just before; the result is the same. */
      readonly kind: 'rotated' | 'repeated';
      readonly session: Session;
      readonly user: User;
      /** The database's time, by which the session's times are to be read. */
      readonly at: Date;
    }
  | {
      readonly kind: 'refused';
      readonly code: RotationRefusal;
      /** The session that this very request has ended, because its token was used before. */
      readonly ended?: { readonly sessionId: string; readonly userId: string };
    };

/** Rotates what a client presents. */
export type Rotate = (presented: string) => Promise<Rotation>;

/** Both lifetimes are in seconds, any positive number. */
export interface RotationOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly ledger: Ledger;
  readonly idleSeconds: number;
  readonly graceSeconds: number;
  /** Asked about the session of every genuine token before anything is done with it; throws to refuse. */
  readonly admit?: (sessionId: string) => Promise<void>;
}

/**
 * Creates the rotation. With the session's keys in memory, a rotation is exactly one statement.
 *
 * The function that it gives throws `service_unavailable` when this instance lacks the secret that the row names.
 */
export function createRotation(options: RotationOptions): Rotate {
  const { database, secrets, ledger, idleSeconds, graceSeconds, admit } = options;
  const memory = createKeyMemory(rememberedSessions);

  const keysOf = async (sessionId: string): Promise<SessionKeys | undefined> => {
    const remembered = memory.get(sessionId);
    if (remembered) return remembered;
    const select = { secret: true, keyId: true } as const;
    const stored = await database.session.findUnique({ where: { id: sessionId }, select });
    if (stored) memory.set(sessionId, stored);
    return stored ?? undefined;
  };

  const judgeToken = async (presented: string): Promise<PresentedToken | undefined> => {
    const token = parseRefreshToken(presented);
    const keys = token && (await keysOf(token.sessionId));
    return keys && isGenuine(token, refreshTokenKeys(keys, secrets)) ? token : undefined;
  };

  return async (presented) => {
    const token = await judgeToken(presented);
    if (!token) return { kind: 'refused', code: 'invalid_refresh_token' };
    await admit?.(token.sessionId);

    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const rotated = await rotateRow(database, token, idleSeconds);
      if (rotated) return succeed('rotated', rotated);

      const verdict = judgeRow(await readRow(database, token.sessionId, graceSeconds), token.generation);
      if (verdict.kind === 'repeated') return succeed('repeated', verdict.row);
      if (verdict.kind === 'stolen') return endStolen(verdict.row, ledger);
      if (verdict.kind === 'refused') return verdict;
    }
    throw new Refusal('service_unavailable', { retryAfterSeconds });
  };
}

/** What the row says about a genuine token that could not be rotated. */
type Verdict =
  | { readonly kind: 'repeated' | 'stolen'; readonly row: JudgedRow }
  | { readonly kind: 'refused'; readonly code: RotationRefusal }
  /** Good after all: the row changed between the two statements. */
  | { readonly kind: 'current' };

/** Only the immediate predecessor is forgiven, and only for a while: any other token was copied, or held back. */
function judgeRow(row: JudgedRow | undefined, presented: number): Verdict {
  const isFromTheFuture = row && presented > row.generation; // the database was restored from a backup
  if (!row || isFromTheFuture) return { kind: 'refused', code: 'invalid_refresh_token' };
  if (row.revokedAt) return { kind: 'refused', code: 'session_revoked' };
  if (row.isOver) return { kind: 'refused', code: 'session_expired' };
  if (presented === row.generation) return { kind: 'current' };
  const isPredecessor = presented === row.generation - 1;
  return { kind: isPredecessor && row.isWithinGrace ? 'repeated' : 'stolen', row };
}

function succeed(kind: 'rotated' | 'repeated', row: RotationRow): Rotation {
  const { email, name, role, readAt: at, ...session } = row;
  return { kind, session, user: { id: row.userId, email, name, role }, at };
}

/** Who holds the newer token, the thief or the owner, cannot be known: the session ends for both, and no other one. */
async function endStolen({ id, userId }: JudgedRow, ledger: Ledger): Promise<Rotation> {
  const { length } = await ledger.end(Prisma.sql`id = ${id}::uuid`, 'refresh_token_reused');
  const refused = { kind: 'refused', code: 'refresh_token_reused' } as const;
  return length > 0 ? { ...refused, ended: { sessionId: id, userId } } : refused;
}
