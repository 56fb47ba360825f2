/** Headers that mean something here, as components: what answers carry, and what requests may. */
import type { ErrorCode } from '@footbridge/contracts';
import { type Header, type Parameter, type Reference, reference } from './model.ts';

const text = { type: 'string' };
const requestIdSchema = { ...text, pattern: '^[A-Za-z0-9._-]{1,128}$' };

/** Of answers. Those of CORS and of transport are the protocols' own, and those of security are on every answer alike. */
export const answerHeaders = {
  'X-Request-Id': {
    description: 'Joins this answer with the lines that both apps log about it.',
    required: true,
    schema: requestIdSchema,
  },
  'Cache-Control': { description: 'Nearly always `private, no-store`.', required: true, schema: text },
  'WWW-Authenticate': {
    description: 'Which credential is asked for (RFC 6750, section 3; RFC 7617).',
    required: true,
    schema: { ...text, pattern: '^(?:Bearer|Basic) realm="footbridge"' },
  },
  'Retry-After': {
    description: 'Seconds after which the same request may succeed.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
  Allow: { description: 'The methods that the path knows.', required: true, schema: text },
  Location: {
    description: 'Where the new note is, relative to this path, so that it is true beyond a relay as well.',
    required: true,
    schema: { ...text, format: 'uri-reference' },
  },
  ETag: {
    description: 'Names this very state of the content.',
    required: true,
    schema: { ...text, pattern: '^"[^"]+"$' },
  },
  'Content-Range': {
    description: 'Which bytes these are, of how many.',
    required: true,
    schema: { ...text, pattern: '^bytes (?:\\d+-\\d+|\\*)/\\d+$' },
  },
  'Accept-Ranges': { description: '`bytes`.', required: true, schema: { ...text, const: 'bytes' } },
  'Content-Disposition': {
    description: 'For saving, never for showing as a page.',
    required: true,
    schema: { ...text, pattern: '^attachment' },
  },
  'Set-Cookie': {
    description: "A browser's session begins, goes on or ends: one line for each cookie.",
    schema: text,
  },
  'Clear-Site-Data': {
    description: 'What a browser must forget when it logs out by its cookies.',
    schema: { ...text, const: '"cache"' },
  },
} as const satisfies Record<string, Header>;

/** The name of a header that an answer may carry. */
export type AnswerHeader = keyof typeof answerHeaders;

/** Of requests, beside credentials and what every client sends. */
export const requestHeaders = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    description: 'Adopted if it is 1 to 128 letters, digits, dots, dashes and underscores; else one is made.',
    schema: text,
  },
  ForwardedFor: {
    name: 'X-Forwarded-For',
    in: 'header',
    description:
      "The end user's one address, which only the confidential client may name; own proxies on the way may append theirs.",
    schema: text,
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The last `id` of the stream that ended: the new one goes on from there.',
    schema: text,
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The entity tag of the note that is meant; if it has changed since, nothing happens.',
    schema: text,
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The entity tag of what is here already; if it is still the same, the answer is 304.',
    schema: text,
  },
  Range: { name: 'Range', in: 'header', description: 'One range of bytes.', schema: text },
  IfRange: {
    name: 'If-Range',
    in: 'header',
    description: 'The entity tag of the file of which a range is asked; of another one all is sent.',
    schema: text,
  },
  ContentDigest: {
    name: 'Content-Digest',
    in: 'header',
    description: '`sha-256=:…:` (RFC 9530); the body is stored only if it arrived as this says.',
    schema: text,
  },
} as const satisfies Record<string, Parameter>;

/** The component of a header that a request may carry. */
export type RequestHeader = keyof typeof requestHeaders;

/** Points from an answer to its headers; two of them are on every one. */
export function headersOf(names: readonly AnswerHeader[]): Record<string, Reference> {
  const all: readonly AnswerHeader[] = ['X-Request-Id', 'Cache-Control', ...names];
  return Object.fromEntries(all.map((name) => [name, reference('headers', name)]));
}

/** What comes with a refusal because of its status, and with some because of what they say. */
export function headersOfRefusal(status: number, codes: readonly ErrorCode[]): AnswerHeader[] {
  const mayRetry = status === 429 || status === 503;
  const saysRange = codes.includes('range_not_satisfiable');
  return [
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(mayRetry ? (['Retry-After'] as const) : []),
    ...(saysRange ? (['Content-Range'] as const) : []),
    ...(status === 405 ? (['Allow'] as const) : []),
  ];
}
