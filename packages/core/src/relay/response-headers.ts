/** The response headers that the browser gets: a list of what passes, and what is added for the browser's own safety. */
import { headers as own } from '@footbridge/contracts';
import { mediaType } from '../body.ts';
import { serializeSetCookie, type SetCookie } from '../cookies/header.ts';
import { type HeaderField, isSound, passingFields } from './fields.ts';
import { localLink, localLocation } from './location.ts';
import type { Upstream } from './target.ts';
import type { UpstreamHead } from './transport.ts';

/** What passes, and what it is. All of it is about the representation, none of it a power over this origin. */
const passing: ReadonlyMap<string, string> = new Map([
  ['accept-patch', 'RFC 5789, 3.1'],
  ['accept-post', 'W3C Linked Data Platform, 7.1'],
  ['accept-ranges', 'RFC 9110, 14.3'],
  ['allow', 'RFC 9110, 10.2.1'],
  ['content-digest', 'RFC 9530, 2'],
  ['content-disposition', 'RFC 6266'],
  ['content-encoding', 'RFC 9110, 8.4: nobody decodes on the way'],
  ['content-language', 'RFC 9110, 8.5'],
  ['content-length', 'RFC 9110, 8.6: of the body as it is, which is how it passes'],
  ['content-range', 'RFC 9110, 14.4'],
  ['content-type', 'RFC 9110, 8.3'],
  ['deprecation', 'RFC 9745'],
  ['etag', 'RFC 9110, 8.8.3'],
  ['last-modified', 'RFC 9110, 8.8.2'],
  ['link', 'RFC 8288: the next page of a list'],
  ['location', 'RFC 9110, 10.2.2: passed through, not followed'],
  ['preference-applied', 'RFC 7240, 3'],
  ['ratelimit', 'draft-ietf-httpapi-ratelimit-headers'],
  ['ratelimit-policy', 'draft-ietf-httpapi-ratelimit-headers'],
  ['repr-digest', 'RFC 9530, 3'],
  ['retry-after', 'RFC 9110, 10.2.3'],
  ['sunset', 'RFC 8594'],
  ['vary', 'RFC 9110, 12.5.5: a service worker\u2019s cache goes by it'],
]);

/** What the answer to a WebSocket handshake needs beyond them (RFC 6455, section 4.2.2). */
const passingInHandshake: ReadonlySet<string> = new Set([
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'sec-websocket-version',
]);

/** What no option can let through, and why. */
const owned: ReadonlyMap<string, string> = new Map([
  ['alt-svc', 'it would send the browser elsewhere (RFC 7838)'],
  ['cache-control', 'what depends on a session is nobody else\u2019s'],
  ['clear-site-data', 'it would log out of the frontend'],
  ['connection', 'it is for one connection (RFC 9110, 7.6.1)'],
  ['content-security-policy', 'policies are the frontend\u2019s'],
  ['content-security-policy-report-only', 'policies are the frontend\u2019s'],
  ['cross-origin-embedder-policy', 'policies are the frontend\u2019s'],
  ['cross-origin-opener-policy', 'policies are the frontend\u2019s'],
  ['cross-origin-resource-policy', 'it is always set'],
  ['keep-alive', 'it is for one connection'],
  ['permissions-policy', 'policies are the frontend\u2019s'],
  ['referrer-policy', 'it is always set'],
  ['refresh', 'it is a redirect by another name'],
  ['server', 'it tells about the inside'],
  ['service-worker-allowed', 'it would let a file of the API govern every page'],
  ['set-cookie', 'cookies of this host are the frontend\u2019s alone'],
  ['set-cookie2', 'cookies of this host are the frontend\u2019s alone'],
  ['strict-transport-security', 'policies are the frontend\u2019s'],
  ['te', 'it is for one connection'],
  ['trailer', 'trailers are not relayed'],
  ['transfer-encoding', 'the transport frames the body'],
  ['upgrade', 'it is for one connection (RFC 9110, 7.8)'],
  ['www-authenticate', 'browsers ask for a password when they see it'],
  ['x-accel-buffering', 'it is set where it is needed'],
  ['x-content-type-options', 'it is always set'],
  ['x-powered-by', 'it tells about the inside'],
  [own.requestId, 'it is made or checked by the relay'],
]);

const ownedPrefixes = ['access-control-', 'proxy-', 'sec-websocket-', 'x-footbridge', 'x-middleware-'] as const;

/** Types that a browser runs as a page. Out of an API they would run as the frontend itself; sandboxed they do not. */
const activeType = /^(?:text\/(?:html|xml|xsl)|application\/(?:xhtml\+)?xml|multipart\/.*|.*\+xml)$/;
const sandbox = "sandbox; default-src 'none'; frame-ancestors 'none'";
/** Of all others, which a browser may show in a viewer of its own. */
const unframed = "frame-ancestors 'none'";

/** Which names pass of every response; those of a handshake do when it was one. */
export type PassingResponseHeaders = (name: string) => boolean;

/** Joins the list and the option `relay.responseHeaders`. Throws `TypeError` for a name that is not the API's. */
export function passingResponseHeaders(added: readonly string[]): PassingResponseHeaders {
  const names = new Set([...passing.keys(), ...added.map((name) => checked(name))]);
  return (name) => names.has(name);
}

/** What `browserHead()` takes beside the API's head. */
export interface BrowserHeadOptions {
  readonly passes: PassingResponseHeaders;
  readonly isHandshake: boolean;
  readonly upstream: Upstream;
  readonly requestId: string;
  readonly setCookies: readonly SetCookie[];
  /** What every answer of the frontend says: see `securityHeaders()`. */
  readonly security: readonly HeaderField[];
}

/** The head that the browser gets. */
export function browserHead(head: UpstreamHead, options: BrowserHeadOptions): UpstreamHead {
  const { passes, isHandshake, upstream, requestId, setCookies, security } = options;
  const fields = passingFields(head.headers, (name) => passes(name) || (isHandshake && passingInHandshake.has(name)));
  const hasLength = hasOneLength(fields, head.status);
  const headers: HeaderField[] = [];
  for (const field of fields) {
    const local = localised(field, upstream);
    if ((hasLength || field[0] !== 'content-length') && isSound(local[1])) headers.push(local);
  }
  headers.push(...added(fields, head), ...security, [own.requestId, requestId]);
  for (const cookie of setCookies) headers.push(['set-cookie', serializeSetCookie(cookie)]);
  return { status: head.status, statusText: isSound(head.statusText) ? head.statusText : '', headers };
}

/** A length that two could read differently is none, and some answers have none (RFC 9110, section 8.6). */
function hasOneLength(fields: readonly HeaderField[], status: number): boolean {
  let count = 0;
  for (const [name, value] of fields) {
    if (name !== 'content-length') continue;
    if (!/^\d+$/.test(value)) return false;
    count += 1;
  }
  return count === 1 && status >= 200 && status !== 204;
}

function localised(field: HeaderField, upstream: Upstream): HeaderField {
  const [name, value] = field;
  if (name === 'location') return [name, localLocation(value, upstream)];
  return name === 'link' ? [name, localLink(value, upstream)] : field;
}

function added(kept: readonly HeaderField[], head: UpstreamHead): HeaderField[] {
  let [isEventStream, isActive] = [false, false];
  for (const [name, value] of kept) {
    if (name !== 'content-type') continue;
    for (const given of value.split(',')) {
      const type = mediaType(given); // of several, a browser takes the last
      isEventStream ||= type === 'text/event-stream';
      isActive ||= activeType.test(type);
    }
  }
  const mustStay = isEventStream || isFixed(kept, head);
  const fields: HeaderField[] = [
    ['cache-control', mustStay ? 'private, no-store, no-transform' : 'private, no-store'],
    ['content-security-policy', isActive ? sandbox : unframed],
  ];
  if (isEventStream) fields.push(['x-accel-buffering', 'no']);
  return fields;
}

/** Whether a proxy that compressed the body would make it wrong: ranges and digests count the bytes as they are. */
function isFixed(kept: readonly HeaderField[], { status, headers }: UpstreamHead): boolean {
  return status === 206 || kept.some(([name]) => name === 'content-digest') || headers.some(saysNoTransform);
}

function saysNoTransform([name, value]: HeaderField): boolean {
  return name.toLowerCase() === 'cache-control' && /\bno-transform\b/i.test(value);
}

function checked(given: string): string {
  const name = given.toLowerCase();
  const isToken = /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name);
  if (!isToken)
    throw new TypeError(`relay.responseHeaders must be header names; "${given}" is not, write x-total-count`);
  const prefix = ownedPrefixes.find((reserved) => name.startsWith(reserved));
  const reason = owned.get(name) ?? (prefix && `everything that begins with ${prefix} is the frontend\u2019s`);
  if (reason === undefined) return name;
  throw new TypeError(`relay.responseHeaders must not name "${name}": ${reason}; leave it out`);
}
