/** The rows of the signing keys, which all instances and the commands share. Their times are on the database's clock. */
import { jwks } from '@footbridge/contracts';
import { type Database, transact, type Transaction } from '../database/connect.ts';
import { sqlSeconds } from '../database/seconds.ts';
import type { KeySet, SealedKeyPair, SealedHalf } from './key-pair.ts';

const keyLock = 4_721_850_116; // any number that nothing else in this database locks

/** The channel of `LISTEN` and `NOTIFY`; what is said on it does not matter, the rows tell. */
export const keyChannel = 'footbridge_signing_keys';

/**
 * How long past the last signature's expiry a key stays published: a minute by which machines that judge tokens may
 * differ, and one for an instance that hears late of its successor.
 */
export const retirementMarginSeconds = 120;

/** One row. */
export interface KeyRow extends SealedHalf {
  readonly publicJwk: unknown;
  readonly signsFrom: Date;
  readonly tokenSeconds: number;
}

/** All rows, the one that signs last first, and when they were read. */
export interface KeyRows {
  readonly rows: readonly KeyRow[];
  readonly readAt: Date;
}

type Reader = Pick<Database, '$queryRaw'>;
type Writer = Pick<Database, '$queryRaw' | '$executeRaw'>;

/** Reads the rows, or `undefined` of a database without one. */
export async function readKeyRows(database: Reader): Promise<KeyRows | undefined> {
  const rows = await database.$queryRaw<(KeyRow & { readonly readAt: Date })[]>`
    SELECT kid, "publicJwk", "sealedPrivateKey", "sealKeyId", "signsFrom", "tokenSeconds",
      statement_timestamp() AS "readAt"
    FROM "SigningKey" ORDER BY "signsFrom" DESC, kid DESC`;
  const [first] = rows;
  return first && { rows, readAt: first.readAt };
}

/** The key set of some rows, in their order. */
export function keySetOf(rows: readonly Pick<KeyRow, 'publicJwk'>[]): KeySet {
  return jwks.parse({ keys: rows.map(({ publicJwk }) => publicJwk) });
}

/** The row that signs at an instant: the latest that may by then, or the first of all. */
export function signingRowAt<Row extends Pick<KeyRow, 'signsFrom'>>(rows: readonly Row[], at: number): Row | undefined {
  return rows.find(({ signsFrom }) => signsFrom.getTime() <= at) ?? rows.at(-1);
}

/** Runs one change at a time, of all instances and commands; what it did is seen whole, or not at all. */
export function changeKeys<Result>(
  database: Database,
  change: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return transact(database, async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${keyLock}::bigint)`;
    return change(transaction);
  });
}

/** After how many seconds a new key signs: at once by default. And how long its tokens live, as far as that is known. */
export interface NewKeyTimes {
  readonly signsInSeconds?: number;
  readonly tokenSeconds?: number;
}

/** Adds a key, and gives the instant from which on it signs. Every instance hears of it at the commit. */
export async function addKey(database: Writer, pair: SealedKeyPair, times: NewKeyTimes = {}): Promise<Date> {
  const { signsInSeconds = 0, tokenSeconds = 0 } = times;
  const { kid, publicJwk, sealedPrivateKey, sealKeyId } = pair;
  const [added] = await database.$queryRaw<{ readonly signsFrom: Date }[]>`
    INSERT INTO "SigningKey" (kid, "publicJwk", "sealedPrivateKey", "sealKeyId", "createdAt", "tokenSeconds", "signsFrom")
    VALUES (${kid}, ${publicJwk}::jsonb, ${sealedPrivateKey}, ${sealKeyId}, statement_timestamp(), ${sqlSeconds(tokenSeconds)},
      statement_timestamp() + make_interval(secs => ${sqlSeconds(signsInSeconds)}))
    RETURNING "signsFrom"`;
  if (!added) throw new Error('the signing key was not stored');
  await notifyInstances(database);
  return added.signsFrom;
}

/** Lets a key that is waiting sign at once. */
export async function signAtOnce(database: Writer, kid: string): Promise<void> {
  await database.$executeRaw`UPDATE "SigningKey" SET "signsFrom" = statement_timestamp() WHERE kid = ${kid}`;
  await notifyInstances(database);
}

/** Notes how long tokens live that an instance may sign with any of the keys. */
export async function noteTokenLifetime(database: Writer, seconds: number): Promise<void> {
  await database.$executeRaw`
    UPDATE "SigningKey" SET "tokenSeconds" = ${sqlSeconds(seconds)} WHERE "tokenSeconds" < ${sqlSeconds(seconds)}`;
}

/** Stores another seal of a private half, unless somebody else has stored one meanwhile. */
export async function replaceSeal(database: Writer, half: SealedHalf, replaced: SealedHalf): Promise<void> {
  await database.$executeRaw`
    UPDATE "SigningKey" SET "sealedPrivateKey" = ${half.sealedPrivateKey}, "sealKeyId" = ${half.sealKeyId}
    WHERE kid = ${replaced.kid} AND "sealKeyId" = ${replaced.sealKeyId}`;
}

/**
 * Deletes the keys of which every token has expired, on any number of instances at once, and gives their ids.
 * A key signs until its successor does; then its tokens have their lifetime left.
 */
export async function deleteRetiredKeys(database: Reader): Promise<readonly string[]> {
  const deleted = await database.$queryRaw<{ readonly kid: string }[]>`
    WITH retired AS (
      DELETE FROM "SigningKey" old WHERE EXISTS (
        SELECT FROM "SigningKey" next
        WHERE next."signsFrom" > old."signsFrom"
          AND next."signsFrom" < now() - make_interval(secs => old."tokenSeconds" + ${retirementMarginSeconds}))
      RETURNING kid)
    SELECT kid, pg_notify(${keyChannel}, '')::text FROM retired`;
  return deleted.map(({ kid }) => kid);
}

/** Tells every instance, with the commit, that the rows have changed. */
async function notifyInstances(database: Writer): Promise<void> {
  await database.$executeRaw`SELECT pg_notify(${keyChannel}, '')`;
}
