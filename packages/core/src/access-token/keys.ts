/** Where the key comes from that an access token is verified with (RFC 7517, section 5). */
import { type CryptoKey, importJWK, type JWK } from 'jose';

/** What looking up a key id came to. */
export type KeyLookup =
  | { readonly kind: 'found'; readonly key: CryptoKey }
  | { readonly kind: 'unknown' }
  /** The keys are not known and cannot be had now, which says nothing about the token. */
  | { readonly kind: 'unavailable' };

/** A set of verification keys for one algorithm. The token never chooses the algorithm (RFC 8725, section 3.1). */
export interface SigningKeys {
  readonly algorithm: 'ES256' | 'HS256';
  /** Never rejects. */
  find(kid: string | undefined): Promise<KeyLookup>;
}

/** Public keys that are at hand, such as the API's own. Entries that are not ES256 signature keys are ignored. */
export function localKeys(jwks: { readonly keys: readonly unknown[] }): SigningKeys {
  let imported: Promise<ReadonlyMap<string, CryptoKey>> | undefined;
  return {
    algorithm: 'ES256',
    async find(kid) {
      imported ??= importPublicKeys(jwks);
      return lookUp(await imported, kid);
    },
  };
}

/** The shared secret of HS256, which has no key id. */
export function secretKey(secret: string): SigningKeys {
  let imported: Promise<CryptoKey> | undefined;
  return {
    algorithm: 'HS256',
    async find() {
      imported ??= importSecret(secret);
      return { kind: 'found', key: await imported };
    },
  };
}

/** Finds a key by id; a token without one names no key. */
export function lookUp(keys: ReadonlyMap<string, CryptoKey>, kid: string | undefined): KeyLookup {
  const key = kid === undefined ? undefined : keys.get(kid);
  return key ? { kind: 'found', key } : { kind: 'unknown' };
}

/** Imports the ES256 signature keys of a set by key id. What is anything else, or cannot be imported, is left out. */
export async function importPublicKeys(jwks: { readonly keys: readonly unknown[] }): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of jwks.keys) {
    if (!isSignatureKey(jwk)) continue;
    const key = await importPublicKey(jwk);
    if (key) keys.set(jwk.kid, key);
  }
  return keys;
}

type SignatureKey = JWK & { kty: 'EC'; kid: string; x: string; y: string };

function isSignatureKey(jwk: unknown): jwk is SignatureKey {
  if (typeof jwk !== 'object' || jwk === null) return false;
  const has = (member: string, ...allowed: unknown[]) => allowed.includes(Reflect.get(jwk, member));
  const isText = (member: string) => typeof Reflect.get(jwk, member) === 'string';
  const isCurve = has('kty', 'EC') && has('crv', 'P-256') && isText('x') && isText('y');
  const isForSignatures = has('use', 'sig', undefined) && has('alg', 'ES256', undefined);
  return isCurve && isForSignatures && isText('kid');
}

/** Takes the public members only: a private one in a published set must not end up in our key. */
async function importPublicKey({ x, y }: SignatureKey): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256');
    return key instanceof Uint8Array ? undefined : key;
  } catch {
    return undefined;
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}
