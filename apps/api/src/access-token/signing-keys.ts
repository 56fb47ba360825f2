/** The keys that sign access tokens: made once for all instances, sealed in the database (RFC 7517). */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwks } from '@footbridge/contracts';
import type { z } from 'zod';
import type { Database } from '../database/connect.ts';
import type { Prisma, SigningKey } from '../generated/prisma/client.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { openPrivateKey, sealPrivateKey } from './sealed-key.ts';

const firstKeyLock = 4_721_850_116; // any number that nothing else in this database locks
const bootSeconds = 30;

/** The published key set. */
export type KeySet = z.infer<typeof jwks>;

type PublicJwk = KeySet['keys'][number];

/** How tokens are signed, and what the world needs to verify them. */
export type SigningKeys =
  | { readonly algorithm: 'ES256'; readonly kid: string; readonly privateKey: KeyObject; readonly keySet: KeySet }
  | { readonly algorithm: 'HS256'; readonly secret: string; readonly keySet: KeySet };

/** Where the keys are, what seals them, and the clock in milliseconds since the epoch. */
export interface SigningKeysOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly now: () => number;
}

/** One shared secret signs and verifies; nothing is published. */
export function sharedSecretKeys(secret: string): SigningKeys {
  return { algorithm: 'HS256', secret, keySet: { keys: [] } };
}

/**
 * Loads the ES256 keys, making the first one if there is none. Instances that start together agree on one.
 *
 * @throws {Error} when none of `API_SECRET`'s members opens the newest key.
 */
export async function loadSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const rows = await readKeys(options.database);
  const [newest, ...older] = rows.length > 0 ? rows : await createFirstKey(options);
  if (!newest) throw new Error('the database holds no signing key');
  return {
    algorithm: 'ES256',
    kid: newest.kid,
    privateKey: unseal(newest, options.secrets),
    keySet: jwks.parse({ keys: [newest, ...older].map((row) => row.publicJwk) }),
  };
}

type KeyReader = Pick<Database, 'signingKey'>;

function readKeys({ signingKey }: KeyReader): Promise<SigningKey[]> {
  return signingKey.findMany({ orderBy: [{ createdAt: 'desc' }, { kid: 'desc' }] });
}

/** Whoever gets the lock first makes the key; whoever waited finds it. */
function createFirstKey({ database, secrets, now }: SigningKeysOptions): Promise<SigningKey[]> {
  return database.$transaction(
    async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${firstKeyLock}::bigint)`;
      const existing = await readKeys(transaction);
      if (existing.length > 0) return existing;
      await transaction.signingKey.create({ data: newSigningKey(secrets, now()) });
      return readKeys(transaction);
    },
    { timeout: bootSeconds * 1000, maxWait: bootSeconds * 1000 },
  );
}

function newSigningKey(secrets: SecretRing, now: number): Prisma.SigningKeyCreateInput {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = describePublicKey(publicKey);
  const sealKeyId = secrets.newestKeyId;
  const key = sealingKey(secrets, sealKeyId);
  const { kid } = publicJwk;
  const sealedPrivateKey = sealPrivateKey(privateKey, { kid, key });
  return { kid, publicJwk, sealedPrivateKey, sealKeyId, createdAt: new Date(now) };
}

/** The public JWK under its own thumbprint as `kid` (RFC 7638). */
function describePublicKey(publicKey: KeyObject): PublicJwk {
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) throw new TypeError('expected an elliptic-curve public key');
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
}

function unseal({ kid, sealedPrivateKey, sealKeyId }: SigningKey, secrets: SecretRing): KeyObject {
  return openPrivateKey(sealedPrivateKey, { kid, key: sealingKey(secrets, sealKeyId) });
}

function sealingKey(secrets: SecretRing, keyId: string): Uint8Array {
  const key = secrets.key('signingKeySeal', keyId);
  if (key) return key;
  throw new Error(
    'API_SECRET: none of its members opens the stored signing key; add the secret that sealed it to the end of the list',
  );
}
