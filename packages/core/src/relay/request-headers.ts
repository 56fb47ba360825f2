/** The request headers that the API gets: a list of what passes, for what browsers and others add has no end. */
import { headers as own } from '@footbridge/contracts';
import { type HeaderField, isSound, passingFields } from './fields.ts';

/** What passes, and what it is. All of it is about the representation or the wish, none of it about who asks. */
const passing: ReadonlyMap<string, string> = new Map([
  ['accept', 'RFC 9110, 12.5.1'],
  ['accept-encoding', 'RFC 9110, 12.5.3: nobody decodes on the way, so what the API encodes is what the browser gets'],
  ['accept-language', 'RFC 9110, 12.5.4'],
  ['cache-control', 'RFC 9111, 5.2.1: a reload asks the API, too'],
  ['content-digest', 'RFC 9530, 2: of the body as it is, which is how it passes'],
  ['content-disposition', 'RFC 6266: the name of an uploaded file'],
  ['content-encoding', 'RFC 9110, 8.4: nobody decodes on the way'],
  ['content-language', 'RFC 9110, 8.5'],
  ['content-range', 'RFC 9110, 14.5: a partial PUT'],
  ['content-type', 'RFC 9110, 8.3'],
  ['idempotency-key', 'draft-ietf-httpapi-idempotency-key-header'],
  ['if-match', 'RFC 9110, 13.1.1'],
  ['if-modified-since', 'RFC 9110, 13.1.3'],
  ['if-none-match', 'RFC 9110, 13.1.2'],
  ['if-range', 'RFC 9110, 13.1.5'],
  ['if-unmodified-since', 'RFC 9110, 13.1.4'],
  ['last-event-id', 'HTML, 9.2.4: an event source that comes back'],
  ['prefer', 'RFC 7240'],
  ['range', 'RFC 9110, 14.2'],
  ['repr-digest', 'RFC 9530, 3'],
  ['traceparent', 'W3C Trace Context, 3.2'],
  ['tracestate', 'W3C Trace Context, 3.3'],
  ['user-agent', 'RFC 9110, 10.1.5'],
  ['want-content-digest', 'RFC 9530, 4'],
  ['want-repr-digest', 'RFC 9530, 4'],
  ['x-requested-with', 'a custom, by which some APIs tell scripts'],
]);

/** What a WebSocket handshake needs beyond them (RFC 6455, section 4.1). */
const passingInHandshake: ReadonlySet<string> = new Set([
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
]);

/** What no option can let through, and why. */
const owned: ReadonlyMap<string, string> = new Map([
  ['authorization', 'the access token goes there'],
  ['connection', 'it is for one connection (RFC 9110, 7.6.1)'],
  ['content-length', 'the transport frames the body'],
  ['cookie', 'the session is in it'],
  ['expect', 'the transport answers it (RFC 9110, 10.1.1)'],
  ['forwarded', 'a browser could claim any address by it (RFC 7239)'],
  ['host', 'it is the upstream\u2019s own'],
  ['http2-settings', 'it is for one connection'],
  ['keep-alive', 'it is for one connection'],
  ['te', 'it is for one connection (RFC 9110, 10.1.4)'],
  ['trailer', 'trailers are not relayed'],
  ['transfer-encoding', 'the transport frames the body'],
  ['upgrade', 'it is for one connection (RFC 9110, 7.8)'],
  ['via', 'a browser is no proxy'],
  ['x-http-method-override', 'it would make another method of the one that was judged'],
  ['x-original-url', 'it would make another path of the one that was judged'],
  ['x-real-ip', 'a browser could claim any address by it'],
  [own.requestId, 'it is made or checked by the relay'],
  ['x-rewrite-url', 'it would make another path of the one that was judged'],
]);

const ownedPrefixes = ['proxy-', 'sec-websocket-', 'x-footbridge', 'x-forwarded-'] as const;

/** Which names pass; `handshake` is for WebSockets. */
export interface PassingRequestHeaders {
  readonly ordinary: (name: string) => boolean;
  readonly handshake: (name: string) => boolean;
}

/** Joins the list and the option `relay.requestHeaders`. Throws `TypeError` for a name that is not the browser's. */
export function passingRequestHeaders(added: readonly string[]): PassingRequestHeaders {
  const names = new Set([...passing.keys(), ...added.map((name) => checked(name))]);
  return {
    ordinary: (name) => names.has(name),
    handshake: (name) => names.has(name) || passingInHandshake.has(name),
  };
}

/** What `upstreamHeaders()` takes beside the request's own fields. */
export interface UpstreamHeadersOptions {
  readonly passes: (name: string) => boolean;
  readonly requestId: string;
  /** Absent: the call is made in nobody's name. */
  readonly accessToken?: string | undefined;
}

/** The complete headers for the API, but for framing; `undefined` when a value could not stand on a line of its own. */
export function upstreamHeaders(
  fields: readonly HeaderField[],
  { passes, requestId, accessToken }: UpstreamHeadersOptions,
): HeaderField[] | undefined {
  const passed = passingFields(fields, passes);
  if (!passed.every(([, value]) => isSound(value))) return undefined;
  const bearer: HeaderField[] = accessToken === undefined ? [] : [['authorization', `Bearer ${accessToken}`]];
  return [...bearer, [own.requestId, requestId], ...passed];
}

function checked(added: string): string {
  const name = added.toLowerCase();
  const isToken = /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name);
  if (!isToken) throw new TypeError(`relay.requestHeaders must be header names; "${added}" is not, write x-tenant`);
  const prefix = ownedPrefixes.find((reserved) => name.startsWith(reserved));
  const reason = owned.get(name) ?? (prefix && `everything that begins with ${prefix} is made on the way`);
  if (reason === undefined) return name;
  throw new TypeError(`relay.requestHeaders must not name "${name}": ${reason}; leave it out`);
}
