/** Authenticates the confidential client (RFC 6749, section 2.3.1); only it may name the end user. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Request, Response } from 'express';
import type { Logger } from '../log.ts';
import { Refusal } from '../refusal.ts';
import type { EndUser } from '../sessions/sessions.ts';
import { eventLog } from './access-log.ts';
import { readBasic } from './authorization.ts';
import { userAgentOf } from './user-agent.ts';

const mappedPrefix = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** The one client's id and secret. */
export interface ClientCredential {
  readonly id: string;
  readonly secret: string;
}

/** Gives the end user that the client names, or `undefined` when it is not the client who asks. */
export type RecogniseClient = (request: Request, response: Response) => EndUser | undefined;

/** Admits the client. Anyone else is refused with `invalid_client`. */
export type ClientGate = (request: Request, response: Response) => EndUser;

/** What is expected of the client, how far away it is, and who is told of a credential that is not its own. */
export interface ClientRecogniserOptions {
  readonly expected: ClientCredential;
  /** Own proxies between the client and this server; each appends one entry to `X-Forwarded-For`. */
  readonly trustedHops: number;
  readonly logger: Logger;
}

/** Creates what recognises the client. */
export function createClientRecogniser({ expected, trustedHops, logger }: ClientRecogniserOptions): RecogniseClient {
  return (request, response) => {
    const presented = readBasic(request);
    if (presented && isSameClient(presented, expected)) {
      return { address: namedAddress(request, trustedHops), userAgent: userAgentOf(request) };
    }
    const isMistaken = request.get('authorization') !== undefined;
    // The frontend with a wrong secret would look like any stranger otherwise.
    if (isMistaken) eventLog(logger, response).warn('client_credential_refused');
    return undefined;
  };
}

/** Creates the gate that lets the client through alone. */
export function createClientGate(recogniseClient: RecogniseClient): ClientGate {
  return (request, response) => {
    const endUser = recogniseClient(request, response);
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

/**
 * The client names exactly one address, behind which every own proxy on the way has written one more. Any other list is
 * somebody's relayed header, and which entry to believe is not ours to guess.
 */
function namedAddress(request: Request, trustedHops: number): string | null {
  const entries = (request.headersDistinct['x-forwarded-for'] ?? []).join().split(',');
  const isUnambiguous = entries.length === 1 || entries.length === 1 + trustedHops;
  const address = (entries[0] ?? '').trim().replace(mappedPrefix, '');
  return isUnambiguous && isIP(address) !== 0 ? address : null;
}
