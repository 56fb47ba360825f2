/** What Next.js is given for the API's answer, made so that nothing in Next.js can spoil it. */
import type { HeaderField, UpstreamCall } from '@footbridge/core';
import type { Answer } from './relay-send.ts';

/** What `browserResponse()` takes beside the API's answer. */
export interface BrowserResponseOptions {
  readonly method: string;
  readonly call: UpstreamCall;
}

/** Fetch, section 2.2.3: a response with one of these has no body. */
const bodylessStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

/** Encodings that can be undone here. */
const decodable: ReadonlyMap<string, CompressionFormat> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

/** The answer to the browser: streamed, with core's headers. A session that ends takes its event streams along. */
export function browserResponse(answer: Answer, { method, call }: BrowserResponseOptions): Response {
  const { status, statusText, headers } = call.answer(answer.head);
  if (status > 599) return failed(answer, call, 'a status that is none');
  if (method === 'HEAD' || bodylessStatuses.has(status)) {
    answer.end();
    return new Response(null, { status, statusText, headers: headersOf(headers) });
  }
  const encoding = encodingOf(headers);
  const format = decodable.get(encoding);
  if (encoding !== '' && (format === undefined || status === 206))
    return failed(answer, call, 'an encoding not asked for');

  if (isEventStream(headers)) {
    answer.onOver(call.onSessionEnd(() => answer.end()));
    answer.onOver(call.streams('events'));
  }
  return format === undefined
    ? new Response(answer.body(), { status, statusText, headers: headersOf(headers) })
    : new Response(decoded(answer.body(), format), { status, statusText, headers: headersOf(headers, ofEncodedBytes) });
}

function failed(answer: Answer, call: UpstreamCall, reason: string): Response {
  answer.end();
  return call.failure('broken', reason);
}

/** What describes encoded bytes, and is wrong for decoded ones. */
const ofEncodedBytes: ReadonlySet<string> = new Set([
  'accept-ranges',
  'content-digest',
  'content-encoding',
  'content-length',
  'repr-digest',
]);

/**
 * Next.js lets a header of its configuration win over a route's. Core sandboxes what would run as a page of ours by
 * such a header, `Content-Security-Policy`; so that it never depends on the configuration, it is a download as well.
 */
function headersOf(fields: readonly HeaderField[], without: ReadonlySet<string> = nothing): Field[] {
  const headers: Field[] = [];
  const dispositions: string[] = [];
  let isSandboxed = false;
  for (const [name, value] of fields) {
    if (name === 'content-security-policy') isSandboxed ||= value.startsWith('sandbox');
    if (name === 'content-disposition') dispositions.push(value);
    else if (!without.has(name)) headers.push([name, value]);
  }
  if (isSandboxed) headers.push(['content-disposition', asAttachment(dispositions.join(', '))]);
  else for (const disposition of dispositions) headers.push(['content-disposition', disposition]);
  return headers;
}

/** As a `Response` takes it, which makes its `Headers` of such by itself: no need to make them twice. */
type Field = [name: string, value: string];

const nothing: ReadonlySet<string> = new Set();

function asAttachment(disposition: string): string {
  return `attachment${/;.*$/.exec(disposition)?.[0] ?? ''}`;
}

function encodingOf(headers: readonly HeaderField[]): string {
  const values = headers.filter(([name]) => name === 'content-encoding').map(([, value]) => value.trim().toLowerCase());
  return values.filter((value) => value !== 'identity').join(', ');
}

function isEventStream(headers: readonly HeaderField[]): boolean {
  return headers.some(([name, value]) => name === 'content-type' && /^\s*text\/event-stream\b/i.test(value));
}

type GenericTransform = ReadableWritablePair<Uint8Array, Uint8Array>;

/** Made for an API that encodes whatever it is asked, such as a store of compressed files. */
function decoded(body: ReadableStream<Uint8Array>, format: CompressionFormat): ReadableStream<Uint8Array> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it takes any bytes; its type leaves shared memory out
  return body.pipeThrough(new DecompressionStream(format) as GenericTransform);
}
