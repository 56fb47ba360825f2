/** A private signing key at rest: sealed with AES-256-GCM (NIST SP 800-38D), so that a database dump signs nothing. */
import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** What the seal is made with; `kid` is bound to it, so that a sealed key cannot be moved to another row. */
export interface Seal {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** Seals a private key: nonce, tag, ciphertext of its PKCS #8 form. */
export function sealPrivateKey(privateKey: KeyObject, { kid, key }: Seal): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(kid));
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Uint8Array.from(Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]));
}

/**
 * Opens what `sealPrivateKey` made.
 *
 * @throws {Error} when it was altered, or sealed with another key or for another `kid`.
 */
export function openPrivateKey(sealed: Uint8Array, { kid, key }: Seal): KeyObject {
  const nonce = sealed.subarray(0, nonceBytes);
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(kid)).setAuthTag(tag);
  const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
  return createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' });
}
