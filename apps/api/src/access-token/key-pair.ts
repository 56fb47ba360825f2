/** Makes a key pair that signs access tokens: ES256, named by its own thumbprint (RFC 7518, section 3.4; RFC 7638). */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { jwks } from '@footbridge/contracts';
import type { z } from 'zod';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { openPrivateKey, sealPrivateKey } from './sealed-key.ts';

/** The published key set. */
export type KeySet = z.infer<typeof jwks>;

/** One published key. */
export type PublicJwk = KeySet['keys'][number];

/** A key pair as it lies in the database: its private half sealed. */
export interface SealedKeyPair {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly sealedPrivateKey: Uint8Array<ArrayBuffer>;
  /** Which API secret sealed it. */
  readonly sealKeyId: string;
}

/** What says how a private half is sealed. */
export type SealedHalf = Pick<SealedKeyPair, 'kid' | 'sealKeyId'> & { readonly sealedPrivateKey: Uint8Array };

/** Makes a pair, sealed with the newest secret. */
export function newKeyPair(secrets: SecretRing): SealedKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = describePublicKey(publicKey);
  return { publicJwk, ...seal(publicJwk.kid, privateKey, secrets) };
}

/** Seals a private half with the newest secret. */
export function seal(kid: string, privateKey: KeyObject, secrets: SecretRing): Omit<SealedKeyPair, 'publicJwk'> {
  const sealKeyId = secrets.newestKeyId;
  const key = secrets.key('signingKeySeal', sealKeyId);
  if (!key) throw new TypeError('the newest secret is not in its own ring');
  return { kid, sealKeyId, sealedPrivateKey: sealPrivateKey(privateKey, { kid, key }) };
}

/**
 * Opens a private half; `undefined` when no secret of this process sealed it.
 *
 * @throws {Error} when it was altered.
 */
export function unseal({ kid, sealKeyId, sealedPrivateKey }: SealedHalf, secrets: SecretRing): KeyObject | undefined {
  const key = secrets.key('signingKeySeal', sealKeyId);
  return key && openPrivateKey(sealedPrivateKey, { kid, key });
}

function describePublicKey(publicKey: KeyObject): PublicJwk {
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) throw new TypeError('expected an elliptic-curve public key');
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
}
