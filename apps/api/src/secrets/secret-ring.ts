/** The API's secrets, newest first, and the keys derived from them: one HKDF label per purpose (RFC 5869). */
import { hkdfSync } from 'node:crypto';

const labels = {
  keyId: 'footbridge/key-id/v1',
  refreshToken: 'footbridge/refresh-token/v1',
  rateLimit: 'footbridge/rate-limit/v1',
  signingKeySeal: 'footbridge/signing-key/v1',
} as const;

/** What a derived key may be used for. */
export type KeyPurpose = Exclude<keyof typeof labels, 'keyId'>;

/** Keys by the id of the secret they come from. An id tells nothing about its secret. */
export interface SecretRing {
  /** The id of the secret that new things are made with. */
  readonly newestKeyId: string;
  /** The ids of all secrets, newest first. */
  readonly keyIds: readonly string[];
  /** The 32-byte key for a purpose, or `undefined` when this process does not hold that secret. */
  key(purpose: KeyPurpose, keyId: string): Buffer | undefined;
}

/**
 * Creates the ring from `API_SECRET`'s members, newest first.
 *
 * @throws {TypeError} when there is no secret at all.
 */
export function createSecretRing(secrets: readonly string[]): SecretRing {
  const byId = new Map(secrets.map((secret) => [keyIdOf(secret), secret]));
  const [newestKeyId] = byId.keys();
  if (newestKeyId === undefined) throw new TypeError('the secret ring needs at least one secret');

  const derived = new Map<string, Buffer>();
  return {
    newestKeyId,
    keyIds: [...byId.keys()],
    key(purpose, keyId) {
      const secret = byId.get(keyId);
      if (secret === undefined) return undefined;
      const slot = `${purpose} ${keyId}`;
      const key = derived.get(slot) ?? derive(secret, labels[purpose], 32);
      derived.set(slot, key);
      return key;
    },
  };
}

function keyIdOf(secret: string): string {
  return derive(secret, labels.keyId, 9).toString('base64url');
}

function derive(secret: string, label: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', label, bytes));
}
