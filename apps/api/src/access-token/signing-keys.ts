/** The keys of a running instance: signs with one, verifies with all, and follows the rows without a restart (RFC 7517). */
import type { KeyObject } from 'node:crypto';
import { type KeyLookup, localKeys } from '@footbridge/core';
import type { Database } from '../database/connect.ts';
import type { Logger } from '../log.ts';
import { Refusal } from '../refusal.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { type KeySet, newKeyPair, seal, unseal } from './key-pair.ts';
import {
  addKey,
  changeKeys,
  type KeyRow,
  type KeyRows,
  keySetOf,
  noteTokenLifetime,
  readKeyRows,
  replaceSeal,
  signingRowAt,
} from './key-rows.ts';

const pauseBetweenReadsMs = 1000;
const retryAfterSeconds = 5;
const ownKeyId = /^[\w-]{43}$/; // a thumbprint: no other id can ever be in the rows

/** How tokens are signed, and what the world needs to verify them. */
export type SigningKeys = PublishedKeys | SharedSecret;

/** HS256: one secret signs and verifies. */
export interface SharedSecret {
  readonly algorithm: 'HS256';
  readonly secret: string;
  readonly keySet: KeySet;
}

/** ES256: private keys that only the API holds, and their published halves. */
export interface PublishedKeys {
  readonly algorithm: 'ES256';
  /** What the rows were when they were last read; keys that do not sign yet, and those that no longer do, among it. */
  readonly keySet: KeySet;
  /** What to sign with at this moment. Throws `service_unavailable` when no secret of this process opens it. */
  signer(): Signer;
  /** Finds what to verify with. An id that is not known is looked up in the rows, once a second at most. */
  find(kid: string | undefined): Promise<KeyLookup>;
  /** Reads the rows again. Rejects while the database cannot be reached: what was read before stays good. */
  reread(): Promise<void>;
}

/** A private key and its id. */
export interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** Where the keys are, what seals them, how long tokens live, and the clock in milliseconds since the epoch. */
export interface SigningKeysOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly tokenSeconds: number;
  readonly logger: Logger;
  readonly now: () => number;
}

/** One shared secret signs and verifies; nothing is published. */
export function sharedSecretKeys(secret: string): SharedSecret {
  return { algorithm: 'HS256', secret, keySet: { keys: [] } };
}

/**
 * Loads the ES256 keys, making the first one if there is none: instances that start together agree on one. What an older
 * secret sealed is sealed with the newest, so that the older one can go.
 *
 * @throws {Error} when a key that signs, or will, opens with none of `API_SECRET`'s members.
 */
export async function loadSigningKeys(options: SigningKeysOptions): Promise<PublishedKeys> {
  const { database, now } = options;
  const first = await snapshot((await readKeyRows(database)) ?? (await firstKey(options)), options);
  if (first.sealedElsewhere.length > 0) throw new Error(sealedElsewhere);
  await sealWithNewest(first, options);

  let held = first;
  let reading: Promise<void> | undefined;
  let lastRead = { at: now(), succeeded: true };

  const readInto = async (): Promise<void> => {
    lastRead = { at: now(), succeeded: false };
    const rows = await readKeyRows(database);
    if (rows === undefined) return;
    held = await snapshot(rows, options, held);
    lastRead = { at: now(), succeeded: true };
  };
  const reread = (): Promise<void> => {
    reading ??= readInto().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  /** Whether the keys are current: read now, or a moment ago. All who wait share one reading. */
  const rereadForStranger = async (): Promise<boolean> => {
    const passedMs = now() - lastRead.at;
    const isRecent = passedMs >= 0 && passedMs < pauseBetweenReadsMs;
    if (isRecent && reading === undefined) return lastRead.succeeded;
    await reread().catch(() => {});
    return lastRead.succeeded;
  };

  return {
    algorithm: 'ES256',
    get keySet() {
      return held.keySet;
    },

    signer() {
      const row = signingRowAt(held.rows, now() + held.clockAheadMs);
      const privateKey = row && held.privateKeys.get(row.kid);
      if (!row || !privateKey) throw new Refusal('service_unavailable', { retryAfterSeconds });
      return { kid: row.kid, privateKey };
    },

    async find(kid) {
      const known = await held.verification.find(kid);
      if (known.kind === 'found' || kid === undefined || !ownKeyId.test(kid)) return known;
      const isCurrent = await rereadForStranger();
      const lookup = await held.verification.find(kid);
      return lookup.kind === 'unknown' && !isCurrent ? { kind: 'unavailable' } : lookup;
    },

    reread,
  };
}

const sealedElsewhere =
  'API_SECRET: none of its members opens the stored signing key; add the secret that sealed it to the end of the list';

/** The rows as they were read, and what this process can do with them. */
interface Snapshot {
  readonly rows: readonly KeyRow[];
  readonly keySet: KeySet;
  readonly verification: { find(kid: string | undefined): Promise<KeyLookup> };
  /** By key id; those alone that this process can open. */
  readonly privateKeys: ReadonlyMap<string, KeyObject>;
  /** The keys that sign, or will, and that no secret of this process opens. */
  readonly sealedElsewhere: readonly string[];
  /** How far the database's clock is ahead of this process's. */
  readonly clockAheadMs: number;
}

/** A private key that was open before stays open, whatever it is sealed with meanwhile. */
async function snapshot(read: KeyRows, options: SigningKeysOptions, before?: Snapshot): Promise<Snapshot> {
  const { database, secrets, tokenSeconds, logger, now } = options;
  const { rows, readAt } = read;
  const privateKeys = new Map<string, KeyObject>();
  for (const row of rows) {
    const privateKey = before?.privateKeys.get(row.kid) ?? unseal(row, secrets);
    if (privateKey) privateKeys.set(row.kid, privateKey);
  }
  if (rows.some((row) => row.tokenSeconds < tokenSeconds)) await noteTokenLifetime(database, tokenSeconds);

  const signing = signingRowAt(rows, readAt.getTime());
  const signs = (row: KeyRow): boolean => row === signing || row.signsFrom > readAt;
  const closed = rows.filter((row) => signs(row) && !privateKeys.has(row.kid)).map(({ kid }) => kid);
  if (closed.length > 0) logger.error({ kids: closed }, 'signing_key_sealed_elsewhere');
  const keySet = keySetOf(rows);
  return {
    rows,
    keySet,
    verification: localKeys(keySet),
    privateKeys,
    sealedElsewhere: closed,
    clockAheadMs: readAt.getTime() - now(),
  };
}

/** Whoever gets the lock first makes the key; whoever waited finds it. */
async function firstKey({ database, secrets, tokenSeconds }: SigningKeysOptions): Promise<KeyRows> {
  const made = await changeKeys(database, async (transaction) => {
    const existing = await readKeyRows(transaction);
    if (existing) return existing;
    await addKey(transaction, newKeyPair(secrets), { tokenSeconds });
    return readKeyRows(transaction);
  });
  if (!made) throw new Error('the database holds no signing key');
  return made;
}

async function sealWithNewest({ rows, privateKeys }: Snapshot, options: SigningKeysOptions): Promise<void> {
  const { database, secrets, logger } = options;
  for (const row of rows) {
    const privateKey = privateKeys.get(row.kid);
    if (!privateKey || row.sealKeyId === secrets.newestKeyId) continue;
    await replaceSeal(database, seal(row.kid, privateKey, secrets), row);
    logger.info({ kid: row.kid, from: row.sealKeyId, to: secrets.newestKeyId }, 'signing_key_resealed');
  }
}
