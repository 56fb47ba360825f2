/** One value over several cookies: browsers drop a cookie above 4096 bytes without a word (RFC 6265bis, section 5.6). */
import type { CookiePair } from './header.ts';

/** Of name and value together; leaves room for the attributes below 4096 bytes. */
const largestPairBytes = 3800;
const mostChunks = 4;

/** Every name that a value may be spread over, whole first. Clearing walks all of it, seen or not. */
export function cookieNames(name: string): string[] {
  return [name, ...chunkNames(name)];
}

/** Spreads a base64url value over as many cookies as it needs. Throws `RangeError` above four. */
export function splitValue(name: string, value: string): CookiePair[] {
  if (name.length + value.length <= largestPairBytes) return [{ name, value }];
  const size = largestPairBytes - name.length - '.0'.length;
  const count = Math.ceil(value.length / size);
  if (count > mostChunks) throw new RangeError(`the session needs ${count} cookies, ${mostChunks} are allowed`);
  return chunkNames(name)
    .slice(0, count)
    .map((chunkName, index) => ({ name: chunkName, value: value.slice(index * size, (index + 1) * size) }));
}

/**
 * Every value that the cookies may mean, in the order they were sent. A browser can hold several cookies of one
 * name (another path, a planted twin), so each is a candidate. An empty value is an absent one.
 */
export function candidateValues(name: string, cookies: readonly CookiePair[]): string[] {
  return [...valuesOf(name, cookies), ...joinedChunks(name, cookies)];
}

/** The n-th candidate takes each chunk's n-th value, or its last, so that a twin of one chunk hides nothing. */
function joinedChunks(name: string, cookies: readonly CookiePair[]): string[] {
  const first = `${name}.0`;
  if (!cookies.some((cookie) => cookie.name === first)) return []; // the common case, on every page view
  const chunks = chunkNames(name).map((chunkName) => valuesOf(chunkName, cookies));
  const firstMissing = chunks.findIndex((values) => values.length === 0);
  const present = firstMissing === -1 ? chunks : chunks.slice(0, firstMissing);
  const hasGap = present.length < chunks.filter((values) => values.length > 0).length;
  if (hasGap || present.length === 0) return [];
  const depth = Math.max(...present.map((values) => values.length));
  return Array.from({ length: depth }, (_, n) => present.map((values) => values[n] ?? values.at(-1)).join(''));
}

function valuesOf(name: string, cookies: readonly CookiePair[]): string[] {
  return cookies.filter((cookie) => cookie.name === name && cookie.value !== '').map((cookie) => cookie.value);
}

function chunkNames(name: string): string[] {
  return Array.from({ length: mostChunks }, (_, index) => `${name}.${index}`);
}
