/** Authenticates the confidential client (RFC 6749, section 2.3.1); only it may name the end user. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Request } from 'express';
import { Refusal } from '../refusal.ts';
import type { EndUser } from '../sessions/sessions.ts';
import { readBasic } from './authorization.ts';
import { userAgentOf } from './user-agent.ts';

const mappedPrefix = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** The one client's id and secret. */
export interface ClientCredential {
  readonly id: string;
  readonly secret: string;
}

/** Gives the end user that the client names, or `undefined` when it is not the client who asks. */
export type RecogniseClient = (request: Request) => EndUser | undefined;

/** Admits the client. Anyone else is refused with `invalid_client`. */
export type ClientGate = (request: Request) => EndUser;

/** Creates what recognises the client. */
export function createClientRecogniser(expected: ClientCredential): RecogniseClient {
  return (request) => {
    const presented = readBasic(request);
    if (!presented || !isSameClient(presented, expected)) return undefined;
    return { address: namedAddress(request), userAgent: userAgentOf(request) };
  };
}

/** Creates the gate that lets the client through alone. */
export function createClientGate(recogniseClient: RecogniseClient): ClientGate {
  return (request) => {
    const endUser = recogniseClient(request);
    if (!endUser) throw new Refusal('invalid_client');
    return endUser;
  };
}

/**
 * The RFC has both halves form-encoded first; many clients skip that, so the plain form is as good. Every comparison
 * is made, whatever the others say.
 */
function isSameClient(presented: ClientCredential, expected: ClientCredential): boolean {
  const decoded = { id: formDecode(presented.id), secret: formDecode(presented.secret) };
  const matches = [presented, decoded].map(
    ({ id, secret }) => Number(isSame(id, expected.id)) & Number(isSame(secret, expected.secret)),
  );
  return matches.includes(1);
}

/** Constant-time for any two lengths: digests are compared, not the texts. */
function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function formDecode(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? '';
}

/** Exactly one address: a list is somebody's relayed header, and which entry to believe is not ours to guess. */
function namedAddress(request: Request): string | null {
  const [value = '', ...others] = request.headersDistinct['x-forwarded-for'] ?? [];
  const address = value.trim().replace(mappedPrefix, '');
  return others.length === 0 && isIP(address) !== 0 ? address : null;
}
