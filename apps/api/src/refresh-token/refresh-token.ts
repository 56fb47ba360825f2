/** Refresh tokens that need no table: computed from the session row, recognised by their MAC (RFC 2104). */
import { createHmac, timingSafeEqual } from 'node:crypto';

const version = 'v1';
const macLabel = 'footbridge/refresh-token/v1';
const lastGeneration = 2_147_483_647; // what the row's integer column holds
const grammar = /^v1\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,9})\.([\w-]{43})$/;

/** The generation that a session begins with. */
export const firstGeneration = 1;

/** What identifies one refresh token: the session, and how often it was rotated. */
export interface TokenPosition {
  readonly sessionId: string;
  readonly generation: number;
}

/** A presented token that has the right form. Whether it is genuine is for `isGenuine` to say. */
export interface PresentedToken extends TokenPosition {
  readonly mac: Buffer;
}

/** What the MAC is made with: the session's own 32 bytes, and the key of the API secret that the row names. */
export interface TokenKeys {
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
}

/** Computes the one refresh token of a session's generation. Every holder of the keys computes the same. */
export function computeRefreshToken(position: TokenPosition, keys: TokenKeys): string {
  const mac = macOf(position, keys).toString('base64url');
  return `${version}.${position.sessionId}.${position.generation}.${mac}`;
}

/** Reads a presented token, or `undefined` for anything but the one spelling that `computeRefreshToken` writes. */
export function parseRefreshToken(text: string): PresentedToken | undefined {
  const [, sessionId, digits, encodedMac] = grammar.exec(text) ?? [];
  if (sessionId === undefined || digits === undefined || encodedMac === undefined) return undefined;

  const generation = Number(digits);
  const mac = Buffer.from(encodedMac, 'base64url');
  // The last of 43 characters carries two spare bits: only their zero form is the token that was issued.
  const isCanonical = mac.toString('base64url') === encodedMac;
  return isCanonical && generation <= lastGeneration ? { sessionId, generation, mac } : undefined;
}

/** Whether a token of any generation was made by this API for this session. Compares in constant time. */
export function isGenuine(token: PresentedToken, keys: TokenKeys): boolean {
  return timingSafeEqual(token.mac, macOf(token, keys));
}

function macOf({ sessionId, generation }: TokenPosition, { secret, key }: TokenKeys): Buffer {
  const hmac = createHmac('sha256', key);
  for (const field of [Buffer.from(macLabel), Buffer.from(sessionId), Buffer.from(String(generation)), secret]) {
    hmac.update(lengthOf(field)).update(field);
  }
  return hmac.digest();
}

/** Every field is preceded by its length, so that no two different inputs concatenate to the same bytes. */
function lengthOf(field: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.byteLength);
  return length;
}
