/** Random requests and the answers to them: what clients and APIs send, odd and legal, and what none should. */
import { type Field } from './fields.ts';
import type { Random } from './random.ts';
import type { Transport } from './transports.ts';

/** A request to some path below the relay's base or the API's, and what the API says to it. */
export interface RandomExchange {
  readonly method: string;
  /** Begins with a slash. */
  readonly target: string;
  readonly fields: readonly Field[];
  readonly body: Buffer | undefined;
  readonly isChunked: boolean;
  readonly answer: RandomAnswer;
}

export interface RandomAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly fields: readonly Field[];
  readonly body: Buffer;
  readonly isChunked: boolean;
}

/** Paths and queries that arrive as they were sent. */
interface Alphabet {
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly mayEndInSlash: boolean;
  /** Whether encodings may be asked for, and named where there is none: whoever looks into a body fails at that. */
  readonly mayNameEncodings: boolean;
}

const plainPath = words('notes a 0 - _ ~ . a.b %20 %C3%A9 %e2%82%ac %25 %3F %23 %2B');
const oddPath = words("%41 %7e %2520 ... ! $ & ' ( ) * + , ;v=1 = : @ [ ]");
const plainQuery = words('a=1 a=2 a a= =b q=%20+ %5B%5D=1 x[]=1 u=%C3%A9 ? /../x %00=%0a');
const oddQuery = words(`j={"a":1} <b> it's \\ | ^ \` path=y %zz %`);
const queryOfNext = words('_rsc=1 nxtPpath=x');

/** The route handler sees what Next has made of a target, and of an answer Next keeps the encoding to itself. */
const alphabets: Readonly<Record<Transport, Alphabet>> = {
  'custom server': {
    path: [...plainPath, ...oddPath, '|', '^'],
    query: [...plainQuery, ...oddQuery, ...queryOfNext, ''],
    mayEndInSlash: true,
    mayNameEncodings: true,
  },
  'route handler': {
    path: [...plainPath, ...oddPath],
    query: [...plainQuery, ...oddQuery],
    mayEndInSlash: false,
    mayNameEncodings: false,
  },
};

const methods = ['GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const plainAccept: Field = ['Accept', 'application/json'];
const requestFields: readonly Field[] = [
  ['accept', 'text/*;q=0.5, */*;q=0.1'],
  ['accept-language', 'de-CH, fr;q=0.9'],
  ['Cache-Control', 'no-cache'],
  ['Idempotency-Key', '"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
  ['If-Match', '"a", W/"b"'],
  ['if-none-match', '*'],
  ['If-Modified-Since', 'Sat, 29 Oct 1994 19:43:31 GMT'],
  ['last-event-id', '0;n=\u00e9'],
  ['Prefer', 'return=minimal'],
  ['prefer', 'wait=10'],
  ['Range', 'bytes=0-499, -500'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['tracestate', 'a=1'],
  ['User-Agent', 'Mozilla/5.0 (caf\u00e9) \t "quoted"'],
  ['X-Requested-With', 'XMLHttpRequest'],
  // What never passes.
  ['authorization', 'Bearer of-somebody-else'],
  ['Forwarded', 'for=192.0.2.1;host=evil.example'],
  ['x-forwarded-for', '192.0.2.1'],
  ['X-Forwarded-Host', 'evil.example'],
  ['x-forwarded-proto', 'gopher'],
  ['X-Real-IP', '192.0.2.1'],
  ['x-footbridge-user', 'admin'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['x-original-url', '/admin'],
  ['Proxy-Authorization', 'Basic eDp5'],
  ['TE', 'trailers'],
  ['Via', '1.1 nowhere'],
  ['X-Tenant', 'other'],
  ['Cookie', 'other=1'],
];

/** A body's own fields, each at most once. */
const bodyFields: readonly Field[] = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['content-type', 'application/octet-stream'],
  ['Content-Encoding', 'gzip'],
  ['content-language', 'de'],
  ['Content-Disposition', 'attachment; filename="a.bin"'],
  ['content-range', 'bytes 0-9/10'],
];

const statuses = [
  200, 200, 200, 201, 202, 203, 204, 205, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 402, 403, 404, 405, 409,
  410, 412, 415, 418, 422, 429, 451, 500, 501, 502, 503, 504, 511, 599,
] as const;
const bodilessStatuses: ReadonlySet<number> = new Set([204, 205, 304]);

const statusTexts = ['OK', 'Not Quite', "it's: (odd)"] as const;

const answerFields: readonly Field[] = [
  ['Accept-Ranges', 'bytes'],
  ['allow', 'GET, PUT'],
  ['Content-Disposition', 'attachment; filename="a.txt"'],
  ['content-language', 'de'],
  ['ETag', 'W/"1"'],
  ['Last-Modified', 'Sat, 29 Oct 1994 19:43:31 GMT'],
  ['Link', '</api/notes?page=2>; rel="next"'],
  ['link', '<https://elsewhere.example/>; rel="last"'],
  ['Location', '/somewhere?else=1'],
  ['Retry-After', '120'],
  ['RateLimit', '"default";r=50;t=30'],
  ['Vary', 'Accept'],
  ['vary', 'Accept-Language'],
  // What never passes.
  ['Set-Cookie', 'session=stolen; Path=/'],
  ['set-cookie', 'other=1'],
  ['Clear-Site-Data', '"*"'],
  ['Server', 'inside/1.0'],
  ['X-Powered-By', 'inside'],
  ['Access-Control-Allow-Origin', '*'],
  ['access-control-allow-credentials', 'true'],
  ['WWW-Authenticate', 'Basic realm="inside"'],
  ['Strict-Transport-Security', 'max-age=1'],
  ['Content-Security-Policy', "default-src 'self'"],
  ['Cache-Control', 'public, max-age=3600'],
  ['Refresh', '0; url=https://evil.example'],
  ['Alt-Svc', 'h2="evil.example:443"'],
  ['X-Internal', 'secret'],
  ['x-middleware-rewrite', 'https://evil.example/'],
  ['X-Footbridge-User', 'admin'],
];

/** Each at most once in a message: two would contradict one another. */
const singular: ReadonlySet<string> = new Set([
  'idempotency-key',
  'if-modified-since',
  'last-event-id',
  'authorization',
  'proxy-authorization',
  'range',
  'traceparent',
  'user-agent',
  'content-type',
  'content-disposition',
  'content-range',
  'etag',
  'last-modified',
  'location',
  'retry-after',
]);

const answerTypes = [
  'application/json',
  'text/plain; charset=utf-8',
  'text/html',
  'image/svg+xml',
  'application/pdf',
] as const;
const pool = Buffer.alloc(6 * 1024 * 1024);

/** Makes one exchange. */
export function randomExchange(random: Random, transport: Transport): RandomExchange {
  const method = random.pick(methods);
  const mayHaveBody = method !== 'GET' && method !== 'HEAD';
  const body = mayHaveBody && random.chance(0.9) ? randomBody(random) : undefined;
  const alphabet = alphabets[transport];
  const fields = [...random.some(requestFields, 8), ...(body ? random.some(bodyFields, 3) : []), ...named(random)];
  const encodings: readonly Field[] = alphabet.mayNameEncodings ? [['Accept-Encoding', 'gzip, br;q=0.9']] : [];
  return {
    method,
    target: randomTarget(random, alphabet),
    fields: once([...fields, ...random.some([...encodings, plainAccept], 1)]),
    body,
    isChunked: random.chance(0.3),
    answer: randomAnswer(random, alphabet),
  };
}

function randomAnswer(random: Random, { mayNameEncodings }: Alphabet): RandomAnswer {
  const status = random.pick(statuses);
  const isBodiless = bodilessStatuses.has(status);
  const type: Field[] = random.chance(0.8) ? [['Content-Type', random.pick(answerTypes)]] : [];
  const encoding: Field[] =
    mayNameEncodings && random.chance(0.2) ? [['content-encoding', random.pick(['gzip', 'br', 'identity'])]] : [];
  return {
    status,
    statusText: random.pick(statusTexts),
    fields: once([...(isBodiless ? [] : [...type, ...encoding]), ...random.some(answerFields, 8)]),
    body: isBodiless ? Buffer.alloc(0) : randomBody(random),
    isChunked: !isBodiless && random.chance(0.4),
  };
}

function randomTarget(random: Random, { path, query, mayEndInSlash }: Alphabet): string {
  // No segment is `.` or `..` in any spelling, parameters included: those are refused.
  const segment = (): string => random.pick(['x', '...a', '%20']) + random.some(path, 3).join('');
  const segments = Array.from({ length: 1 + random.whole(4) }, segment);
  const slash = mayEndInSlash && random.chance(0.1) ? '/' : '';
  const pairs = random.some(query, 6);
  return `/${segments.join('/')}${slash}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

/** Mostly small, at times five megabytes. */
function randomBody(random: Random): Buffer {
  const most = random.pick([0, 1, 100, 1_000, 1_000, 10_000, 10_000, 70_000, random.chance(0.1) ? 5_000_000 : 200_000]);
  const length = random.whole(most + 1);
  const start = random.whole(pool.byteLength - length);
  return pool.subarray(start, start + length);
}

/** Fills the pool that bodies are cut from. */
export function fillBodies(random: Random): void {
  for (let offset = 0; offset < pool.byteLength; offset += 4) pool.writeUInt32LE(random.whole(2 ** 32), offset);
}

function words(text: string): readonly string[] {
  return text.split(' ');
}

/** `Connection` may name anything, which then concerns this hop alone. */
function named(random: Random): Field[] {
  return random.chance(0.1) ? [['connection', random.pick(['close, prefer', 'keep-alive, If-Match', 'x-tenant'])]] : [];
}

function once(fields: readonly Field[]): Field[] {
  const seen = new Set<string>();
  return fields.filter(([name]) => {
    const key = name.toLowerCase();
    const isRepeated = seen.has(key);
    seen.add(key);
    return !isRepeated || !singular.has(key);
  });
}
