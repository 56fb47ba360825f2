/** The kinds of values that settings have, as Zod schemas that take a string or nothing. */
import { z } from 'zod';

/** An empty string counts as unset: it is what `NAME=` in a `.env` file and in a compose file means. */
const raw = z.preprocess(
  (value) => (typeof value === 'string' && value.trim() === '' ? undefined : value),
  z.string().trim().optional(),
);

function parsed<Value>(fallback: Value, parse: (text: string) => Value | undefined, rule: string) {
  return raw.transform((text, context): Value => {
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  const hasCredentials = url !== undefined && (url.username !== '' || url.password !== '');
  return isHttp && !hasCredentials ? url : undefined;
}

function exactOrigin(text: string): string | undefined {
  const origin = httpUrl(text)?.origin;
  return origin === text.toLowerCase() ? origin : undefined;
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

const portRule = 'must be a port number from 0 to 65535';

function portNumber(text: string): number | undefined {
  const port = wholeNumber(text);
  return port !== undefined && port <= 65_535 ? port : undefined;
}

function positiveNumber(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function secrets(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const switches: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** Building blocks for the shape of an app's settings. Every one takes `string | undefined`. */
export const field = {
  text: (fallback: string) => parsed(fallback, (text) => text, ''),

  optionalText: () => parsed<string | undefined>(undefined, (text) => text, ''),

  choice: <const Value extends string>(values: readonly [Value, ...Value[]], fallback: Value) =>
    parsed<Value>(fallback, (text) => values.find((value) => value === text), `must be one of ${values.join(', ')}`),

  /** Scheme, host and port alone, as a browser sends it in `Origin` (RFC 6454, section 6.2). */
  origin: (fallback: string) =>
    parsed(fallback, exactOrigin, 'must be an origin such as https://app.example.com, without path or trailing slash'),

  /** An http(s) URL without credentials; a trailing slash is dropped. */
  optionalUrl: () =>
    parsed<string | undefined>(
      undefined,
      (text) => httpUrl(text)?.href.replace(/\/$/, ''),
      'must be an http: or https: URL without user name or password',
    ),

  port: (fallback: number) => parsed(fallback, portNumber, portRule),

  /** A port that nothing listens on by default. */
  optionalPort: () => parsed<number | undefined>(undefined, portNumber, portRule),

  count: (fallback: number, least = 0) =>
    parsed(
      fallback,
      (text) => {
        const count = wholeNumber(text);
        return count !== undefined && count >= least ? count : undefined;
      },
      `must be a whole number of at least ${least}`,
    ),

  /** Any positive number of seconds, fractions included. */
  seconds: (fallback: number) => parsed(fallback, positiveNumber, 'must be a positive number of seconds'),

  flag: (fallback: boolean) => parsed(fallback, (text) => switches[text.toLowerCase()], 'must be true or false'),

  /** One secret; whether it is good enough is judged by `readSettings`. */
  secret: () => parsed<string | undefined>(undefined, (text) => text, ''),

  /** Several secrets separated by commas, newest first. */
  secretList: () => raw.transform(secrets),
} as const;

/** The members of a secret setting, whether it holds one or a list. */
export function secretsOf(text: string | undefined): readonly string[] {
  return secrets(text);
}
