/** The relay's header policy as its users read it, written down a second time: what passes, what is added, what is not. */
import { type Field, joined, valuesOf } from './fields.ts';
import type { Transport } from './transports.ts';

/** What of a browser's request reaches the API; everything else does not. */
const passingToApi: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-range',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'prefer',
  'range',
  'repr-digest',
  'traceparent',
  'tracestate',
  'user-agent',
  'want-content-digest',
  'want-repr-digest',
  'x-request-id',
  'x-requested-with',
]);

/** What of the API's answer reaches the browser. */
const passingToBrowser: ReadonlySet<string> = new Set([
  'accept-patch',
  'accept-post',
  'accept-ranges',
  'allow',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'deprecation',
  'etag',
  'last-modified',
  'link',
  'location',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'repr-digest',
  'retry-after',
  'sunset',
  'vary',
]);

const requestFraming = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);
const responseFraming = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
const activeTypes = /^(?:text\/html|image\/svg\+xml|application\/xml)/;
const sandbox = "sandbox; default-src 'none'; frame-ancestors 'none'";
const unframed = "frame-ancestors 'none'";

type Fields = readonly Field[];

/** What counts of an answer. */
interface Answered {
  readonly status: number;
  readonly fields: Fields;
}

/** What the API is to get beside the bearer and the framing, given what it gets of the same request without a relay. */
export function expectedAtApi(direct: Fields, transport: Transport): Record<string, string> {
  const kept = passing(direct, passingToApi);
  // Next takes `Content-Encoding` off answers, so its transport asks for none.
  return joined(transport === 'route handler' ? [...kept, ['accept-encoding', 'identity']] : kept);
}

/** What the API got, in the same form. */
export function foundAtApi(relayed: Fields): Record<string, string> {
  return joined(relayed.filter(([name]) => !requestFraming.has(name.toLowerCase()) && name !== 'authorization'));
}

/** What the browser is to get, given the same answer without a relay, on a request with this id. */
export function expectedAtBrowser(direct: Answered, id: string, transport: Transport): Record<string, string> {
  const { status, fields } = direct;
  const kept = passing(fields, passingToBrowser);
  const isFixed = status === 206 || valuesOf(kept, 'content-digest').length > 0 || saysNoTransform(fields);
  const isActive = valuesOf(kept, 'content-type').some((type) => activeTypes.test(type));
  const added: Field[] = [
    ['cache-control', isFixed ? 'private, no-store, no-transform' : 'private, no-store'],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['content-security-policy', isActive ? sandbox : unframed],
    ['x-request-id', id],
  ];
  const expected = [...kept, ...added];
  return joined(transport === 'route handler' ? asNextSendsIt(expected, isActive) : expected);
}

/** What the browser got, in the same form. */
export function foundAtBrowser(relayed: Fields, transport: Transport): Record<string, string> {
  const found = relayed.filter(([name]) => !responseFraming.has(name.toLowerCase()));
  return joined(transport === 'route handler' ? withoutNextsOwn(found) : found);
}

function passing(fields: Fields, names: ReadonlySet<string>): Field[] {
  const options = valuesOf(fields, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/));
  const ofConnection = new Set(options);
  const isKept = (name: string): boolean => names.has(name) && !ofConnection.has(name);
  return fields.filter(([name]) => isKept(name.toLowerCase()));
}

function saysNoTransform(fields: Fields): boolean {
  return valuesOf(fields, 'cache-control').some((value) => value.includes('no-transform'));
}

/** Headers of the frontend's configuration, which win over those of an answer. */
const configured = new Set(['content-security-policy', 'referrer-policy']);
/** What Next adds to `Vary` of every answer. */
const variedByNext = /^(?:rsc|next-.*|accept-encoding)$/i;

/** Next sends answers in chunks, and its configured policy wins: what would run as a page is a download instead. */
function asNextSendsIt(fields: Fields, isActive: boolean): Field[] {
  const [disposition = ''] = valuesOf(fields, 'content-disposition');
  const download: Field = ['content-disposition', `attachment${/;.*$/.exec(disposition)?.[0] ?? ''}`];
  const sent = fields.filter(([name]) => name.toLowerCase() !== 'content-length');
  const others = sent.filter(([name]) => !isActive || name.toLowerCase() !== 'content-disposition');
  return withoutNextsOwn(isActive ? [...others, download] : others);
}

function withoutNextsOwn(fields: Fields): Field[] {
  const others = fields.filter(([name]) => !configured.has(name.toLowerCase()) && name.toLowerCase() !== 'vary');
  const varied = valuesOf(fields, 'vary').flatMap((value) => value.split(/\s*,\s*/));
  return [...others, ...varied.filter((name) => !variedByNext.test(name)).map((name): Field => ['vary', name])];
}
