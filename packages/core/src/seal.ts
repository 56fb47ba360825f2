/** Encrypts what a browser keeps for us: compact JWE, direct encryption with A256GCM (RFC 7516; RFC 7518, section 4.5). */
import { base64url, CompactEncrypt, compactDecrypt, type CryptoKey, decodeProtectedHeader } from 'jose';
import { isCanonicalCompact } from './base64url.ts';

/** What `createSeal()` takes; `now` is milliseconds since the epoch. */
export interface SealOptions {
  /** Newest first: the first one seals, every one opens, so that a secret can be replaced with nobody logged out. */
  readonly secrets: readonly string[];
  /** What the sealed text is for. Bound into key, key id and header: a seal for one purpose opens for no other. */
  readonly purpose: string;
  readonly now: () => number;
}

/** What opening came to: `over` is genuine but past its time. */
type Opened =
  | { readonly kind: 'opened'; readonly content: unknown }
  | { readonly kind: 'over' }
  | { readonly kind: 'unreadable' };

/** Encrypts and decrypts for one purpose. */
export interface Seal {
  /** `endsAt` is milliseconds on this server's clock. */
  seal(content: object, endsAt: number): Promise<string>;
  /** Never rejects: whatever a browser sends is either a seal of ours or unreadable. */
  open(sealed: string): Promise<Opened>;
}

interface SealingKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

const version = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Makes a seal. Keys are derived at its first use and kept. */
export function createSeal({ secrets, purpose, now }: SealOptions): Seal {
  let derived: Promise<readonly SealingKey[]> | undefined;
  const keys = () => (derived ??= Promise.all(secrets.map((secret) => deriveKey(secret, purpose))));

  return {
    async seal(content, endsAt) {
      const [newest] = await keys();
      if (newest === undefined) throw new TypeError('a seal needs at least one secret');
      const plaintext = encoder.encode(JSON.stringify({ version, endsAt, content }));
      const header = { alg: 'dir', enc: 'A256GCM', typ: purpose, kid: newest.kid };
      return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(newest.key);
    },
    async open(sealed) {
      const key = findKey(sealed, purpose, await keys());
      const envelope = key && (await decrypt(sealed, key));
      if (envelope?.version !== version || typeof envelope.endsAt !== 'number') return { kind: 'unreadable' };
      return now() < envelope.endsAt ? { kind: 'opened', content: envelope.content } : { kind: 'over' };
    },
  };
}

/** HKDF (RFC 5869): one key per purpose, and a key id that reveals nothing about it. */
async function deriveKey(secret: string, purpose: string): Promise<SealingKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveBits']);
  const derive = (info: string, bits: number) =>
    crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(info) },
      material,
      bits,
    );
  const [raw, id] = await Promise.all([derive(purpose, 256), derive(`${purpose}/kid`, 64)]);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { kid: base64url.encode(new Uint8Array(id)), key };
}

/** Reads the header, unauthenticated as it still is, to pick a key; refuses all that we never write. */
function findKey(sealed: string, purpose: string, keys: readonly SealingKey[]): CryptoKey | undefined {
  if (!isCanonicalCompact(sealed, 5)) return undefined;
  try {
    const { typ, kid } = decodeProtectedHeader(sealed);
    return typ === purpose ? keys.find((key) => key.kid === kid)?.key : undefined;
  } catch {
    return undefined;
  }
}

interface Envelope {
  readonly version?: unknown;
  readonly endsAt?: unknown;
  readonly content?: unknown;
}

async function decrypt(sealed: string, key: CryptoKey): Promise<Envelope | undefined> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxDecompressedLength: 0, // we never compress: lengths of compressed secrets leak them (RFC 8725, section 3.6)
    });
    const envelope: unknown = JSON.parse(decoder.decode(plaintext));
    return typeof envelope === 'object' && envelope !== null ? envelope : undefined;
  } catch {
    return undefined;
  }
}
