/** Which keys and secrets are in use: what an operator reads before a secret is removed. Ids alone, never a secret. */
import type { Database } from '../database/connect.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { readKeyRows, retirementMarginSeconds, signingRowAt } from './key-rows.ts';

/** One signing key. It `waits` before its time, `signs`, or is `published` until its last token has expired. */
export interface SigningKeyStatus {
  readonly kid: string;
  readonly state: 'waits' | 'signs' | 'published';
  readonly signsFrom: Date;
  /** After that nothing it signed is valid, and the clean-up deletes it. */
  readonly neededUntil: Date | undefined;
  readonly sealKeyId: string;
}

/** What depends on one secret. */
export interface SecretStatus {
  readonly keyId: string;
  /** Its place in `API_SECRET`, from 1; `undefined` when it is not there. */
  readonly place: number | undefined;
  readonly signingKeys: number;
  /** Live sessions whose refresh tokens are made with it. */
  readonly sessions: number;
  /** When the last of them is over, whatever happens. */
  readonly lastEnd: Date | undefined;
}

/** Everything in use, in the order of `API_SECRET`; what is missing there comes last. */
export interface KeyStatus {
  readonly signingKeys: readonly SigningKeyStatus[];
  readonly secrets: readonly SecretStatus[];
}

/** Reads it from the rows. */
export async function readKeyStatus(database: Database, { keyIds }: SecretRing): Promise<KeyStatus> {
  const signingKeys = await readSigningKeys(database);
  const sessions = await database.$queryRaw<SessionCount[]>`
    SELECT "keyId", count(*)::integer AS count, max("absoluteExpiresAt") AS "lastEnd" FROM "Session"
    WHERE "revokedAt" IS NULL AND "expiresAt" > now() AND "absoluteExpiresAt" > now() GROUP BY "keyId"`;
  const used = [...signingKeys.map(({ sealKeyId }) => sealKeyId), ...sessions.map(({ keyId }) => keyId)];
  const secrets = [...new Set([...keyIds, ...used])].map((keyId): SecretStatus => {
    const count = sessions.find((row) => row.keyId === keyId);
    return {
      keyId,
      place: keyIds.includes(keyId) ? keyIds.indexOf(keyId) + 1 : undefined,
      signingKeys: signingKeys.filter(({ sealKeyId }) => sealKeyId === keyId).length,
      sessions: count?.count ?? 0,
      lastEnd: count?.lastEnd,
    };
  });
  return { signingKeys, secrets };
}

interface SessionCount {
  readonly keyId: string;
  readonly count: number;
  readonly lastEnd: Date;
}

async function readSigningKeys(database: Database): Promise<SigningKeyStatus[]> {
  const read = await readKeyRows(database);
  if (!read) return [];
  const { rows, readAt } = read;
  const signing = signingRowAt(rows, readAt.getTime());
  return rows.map(({ kid, sealKeyId, signsFrom, tokenSeconds }, index) => {
    const successor = rows[index - 1];
    const marginMs = (tokenSeconds + retirementMarginSeconds) * 1000;
    const neededUntil = successor && new Date(successor.signsFrom.getTime() + marginMs);
    const state = kid === signing?.kid ? 'signs' : signsFrom > readAt ? 'waits' : 'published';
    return { kid, state, signsFrom, neededUntil, sealKeyId };
  });
}
