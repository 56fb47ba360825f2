/** Seals session cookies as the frontend does (RFC 7516, direct A256GCM), for tests that hold its secret as no attacker may. */
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

const purpose = 'footbridge/session-cookie/v1';

/** What a session cookie holds. Times are milliseconds since the epoch. */
export interface SealedContent {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: Readonly<Record<string, unknown>>;
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
}

/** What differs from a cookie that the frontend would open. */
export interface SealChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: Buffer;
  /** What is encrypted in place of the content. */
  readonly plaintext?: Buffer;
}

/** The value of a session cookie with this content. */
export function sealCookie(content: SealedContent, secret: string, changes: SealChanges = {}): string {
  const key = changes.key ?? derive(secret, purpose, 32);
  const kid = derive(secret, `${purpose}/kid`, 8).toString('base64url');
  const header = JSON.stringify({ alg: 'dir', enc: 'A256GCM', typ: purpose, kid, ...changes.header });
  const protectedHeader = Buffer.from(header).toString('base64url');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(protectedHeader));
  const envelope = { version: 1, endsAt: content.expiresAt, content: { ...content, apiClockAheadMs: 0 } };
  const text = Buffer.concat([cipher.update(changes.plaintext ?? JSON.stringify(envelope)), cipher.final()]);
  const parts = [nonce, text, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [protectedHeader, '', ...parts].join('.');
}

function derive(secret: string, label: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', label, bytes));
}
