/** Takes out of a log line what must not be in it, by the names of members and by the shape of texts. */

/** In lower case. Whole containers go, for nobody can say what is in them. */
const secretNames: ReadonlySet<string> = new Set([
  'accesstoken',
  'address',
  'authorization',
  'body',
  'cookie',
  'cookies',
  'currentpassword',
  'email',
  'headers',
  'newpassword',
  'password',
  'passwordhash',
  'query',
  'rawheaders',
  'refreshtoken',
  'req',
  'request',
  'res',
  'response',
  'secret',
  'set-cookie',
  'token',
]);

const removed = '[removed]';

/** JWTs and JWEs, refresh tokens, credentials of either scheme, URLs with a password in them, e-mail addresses. */
const secretShapes: readonly RegExp[] = [
  /\beyJ[\w-]{8,}\.[\w.-]+/g,
  /\bv1\.[0-9a-f-]{36}\.\d+\.[\w-]+/gi,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /:\/\/[^\s/@]+@/g,
  /[^\s@"'`<>(),:;=[\]]+@[^\s@"'`<>(),:;=[\]]+\.[a-z]{2,}/gi,
];

const deepest = 4;

/** The details of a line as they may be printed. */
export function scrubbed(details: Record<string, unknown>): Record<string, unknown> {
  return scrubMembers(details, 0);
}

function scrub(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value;
  if (depth >= deepest || ArrayBuffer.isView(value)) return removed;
  return Array.isArray(value) ? value.map((item) => scrub(item, depth + 1)) : scrubMembers(value, depth + 1);
}

function scrubMembers(members: object, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    const isSecret = secretNames.has(name.toLowerCase()) && value !== undefined;
    kept[name] = isSecret ? removed : scrub(value, depth);
  }
  return kept;
}

function scrubText(text: string): string {
  return secretShapes.reduce((rest, shape) => rest.replace(shape, removed), text);
}

/** Keeps what locates a fault; drops whatever else a library hung on its error (queries, arguments, rows). */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    ...(code !== undefined && { code }),
    message: scrubText(message),
    stack: frames.map((frame) => frame.trim()),
    ...(cause !== undefined && depth < deepest && { cause: scrub(cause, depth + 1) }),
  };
}
