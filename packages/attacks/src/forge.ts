/** Puts tokens together piece by piece, as no library would (RFC 7515, section 7.1). */
import { createHmac, type KeyObject, sign } from 'node:crypto';
import type { Target } from './target.ts';

/** The `typ` of an access token (RFC 9068, section 2.1). */
const accessTokenType = 'at+jwt';

/** What differs from the token that would be accepted. A member that is `undefined` is left out. */
export interface Changes {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The payload's text itself, where JSON.stringify would not write it. */
  readonly payload?: string;
  /** What it is signed with; the trusted key by default. */
  readonly key?: KeyObject;
}

/** A token that is right in every way but for the changes, signed by what its header says. */
export function issueToken(target: Target, changes: Changes = {}): string {
  const input = signingInput(target, changes);
  return `${input}.${signES256(input, changes.key ?? target.privateKey)}`;
}

/** Header and payload, encoded: what is signed. */
export function signingInput({ kid, claims }: Target, changes: Changes = {}): string {
  const header = JSON.stringify({ alg: 'ES256', typ: accessTokenType, kid, ...changes.header });
  const payload = changes.payload ?? JSON.stringify({ ...claims, ...changes.claims });
  return `${encode(header)}.${encode(payload)}`;
}

/** The signature of JWS: both numbers, 32 bytes each (RFC 7518, section 3.4). */
export function signES256(input: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

/** A token with a MAC in place of its signature. */
export function macToken(target: Target, secret: string | Buffer, bits: 256 | 384 | 512 = 256): string {
  const input = signingInput(target, { header: { alg: `HS${bits}` } });
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`;
}

/** base64url without padding. */
export function encode(value: string | Uint8Array): string {
  return Buffer.from(value).toString('base64url');
}

/** Replaces one of the three parts. */
export function withPart(token: string, part: 0 | 1 | 2, text: string): string {
  return token
    .split('.')
    .map((own, index) => (index === part ? text : own))
    .join('.');
}
