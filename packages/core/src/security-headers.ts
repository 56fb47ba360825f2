/** What an answer tells the browser for the person's safety, whoever answers and whatever is in it (DESIGN section 14). */
import type { HeaderField } from './relay/fields.ts';

/** The policy of whatever is no page: shown in a tab all the same, it loads nothing, runs nothing and is in no frame. */
export const inertPolicy = "default-src 'none'; frame-ancestors 'none'";

const always: readonly HeaderField[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
];

/** A year, and every name below the host (RFC 6797, sections 6.1.1 and 6.1.2). */
const httpsOnly: HeaderField = ['strict-transport-security', 'max-age=31536000; includeSubDomains'];
const overHttps: readonly HeaderField[] = [...always, httpsOnly];

/**
 * The headers of every answer under this origin, its policy apart. `Strict-Transport-Security` follows the public origin
 * and not the socket, for TLS may end in front of us; over http it would mean nothing (RFC 6797, section 7.2).
 */
export function securityHeaders(publicOrigin: string): readonly HeaderField[] {
  return publicOrigin.startsWith('https:') ? overHttps : always;
}

/** Adds the headers to an answer of the BFF's own, none of which is a page with anything to load. */
export function secured(answer: Response, publicOrigin: string): Response {
  answer.headers.set('content-security-policy', inertPolicy);
  for (const [name, value] of securityHeaders(publicOrigin)) answer.headers.set(name, value);
  return answer;
}
