/** The request headers by which the guard tells the pages behind it what it verified. */
import { headers as own } from '@footbridge/contracts';
import type { Authentication } from '../session/authentication.ts';

const reservedPrefix = 'x-footbridge-';

/** What `verifiedHeaders()` takes. */
export interface VerifiedHeadersOptions {
  readonly request: Request;
  readonly requestId: string;
  /** Path and query, where login returns to. */
  readonly path: string;
  /** Absent where nothing was verified. */
  readonly authentication?: Extract<Authentication, { kind: 'authenticated' }>;
}

/** The request's own headers without any that pretend to be ours, and with those that are. */
export function verifiedHeaders({ request, requestId, path, authentication }: VerifiedHeadersOptions): Headers {
  const headers = new Headers(request.headers);
  const pretended = Array.from(headers.keys()).filter((name) => name.startsWith(reservedPrefix));
  for (const name of pretended) headers.delete(name);
  headers.set(own.requestId, requestId);
  headers.set(`${reservedPrefix}path`, path);
  if (authentication) {
    headers.set(`${reservedPrefix}user`, headerValue(authentication.user.id));
    headers.set(`${reservedPrefix}session`, headerValue(authentication.session.id));
    headers.set(`${reservedPrefix}role`, headerValue(authentication.session.role));
  }
  return headers;
}

/** A header carries visible ASCII; an API may name its roles in any script. */
function headerValue(text: string): string {
  return /^[\x21-\x24\x26-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}
