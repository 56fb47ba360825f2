/** The API's published keys, kept so that the API may be down after the first fetch (RFC 7517, section 5). */
import type { CryptoKey } from 'jose';
import { readText } from '../body.ts';
import type { Logger } from '../logger.ts';
import type { Observe } from '../observer.ts';
import { importPublicKeys, lookUp, type SigningKeys } from './keys.ts';

/** What `remoteKeys()` takes; `now` is milliseconds since the epoch. */
export interface RemoteKeysOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly logger: Logger;
  readonly observe: Observe;
}

/** Keys that are fetched when they are first needed, or ahead of that. */
export interface RemoteKeys extends SigningKeys {
  /** Fetches the keys ahead of the first token, and tries again each time until there are any. Whether there are. */
  warmUp(): Promise<boolean>;
}

const freshForMs = 10 * 60_000;
const pauseBetweenFetchesMs = 1_000;
const timeoutMs = 5_000;
const largestDocumentBytes = 64_000;

interface KeyCache {
  /** The last good set; kept for ever, for keys do not go bad because the API is down. */
  keys?: ReadonlyMap<string, CryptoKey>;
  fetchedAt: number;
  /** The last fetch, good or not. */
  attempt?: { readonly at: number; readonly succeeded: boolean };
  inFlight?: Promise<boolean>;
}

/** The keys published at `url`: fetched once at a time, once a second at most, refreshed in the background. */
export function remoteKeys(options: RemoteKeysOptions): RemoteKeys {
  const { now } = options;
  const cache: KeyCache = { fetchedAt: Number.NEGATIVE_INFINITY };
  const refresh = () => refreshOnce(cache, options);

  return {
    algorithm: 'ES256',
    async find(kid) {
      const isOld = !isWithin(freshForMs, cache.fetchedAt, now());
      if (cache.keys && isOld) void refresh();
      const known = cache.keys && lookUp(cache.keys, kid);
      if (known?.kind === 'found') return known;

      // An unknown key id is a rotation that we have not heard of, or a forgery: ask, but not for every forgery.
      const isCurrent = await refresh();
      if (cache.keys === undefined) return { kind: 'unavailable' };
      const lookup = lookUp(cache.keys, kid);
      return lookup.kind === 'unknown' && !isCurrent ? { kind: 'unavailable' } : lookup;
    },
    async warmUp() {
      if (cache.keys === undefined) await refresh();
      return cache.keys !== undefined;
    },
  };
}

/** Whether the keys are current: fetched now, or a moment ago. All who wait share one fetch. */
function refreshOnce(cache: KeyCache, options: RemoteKeysOptions): Promise<boolean> {
  const { attempt } = cache;
  const isRecent = attempt !== undefined && isWithin(pauseBetweenFetchesMs, attempt.at, options.now());
  if (isRecent && cache.inFlight === undefined) return Promise.resolve(attempt.succeeded);
  cache.inFlight ??= fetchInto(cache, options).finally(() => {
    delete cache.inFlight;
  });
  return cache.inFlight;
}

async function fetchInto(cache: KeyCache, options: RemoteKeysOptions): Promise<boolean> {
  const fetched = await fetchKeys(options);
  const at = options.now();
  options.observe({ kind: 'signing_keys', outcome: fetched.kind === 'keys' ? 'fetched' : 'failed' });
  cache.attempt = { at, succeeded: fetched.kind === 'keys' };
  if (fetched.kind === 'failed') {
    options.logger.warn('signing_keys_unavailable', { reason: fetched.reason, knownKeys: cache.keys?.size ?? 0 });
    return false;
  }
  cache.keys = fetched.keys;
  cache.fetchedAt = at;
  return true;
}

type FetchedKeys =
  | { readonly kind: 'keys'; readonly keys: ReadonlyMap<string, CryptoKey> }
  | { readonly kind: 'failed'; readonly reason: string };

async function fetchKeys({ url, fetch }: RemoteKeysOptions): Promise<FetchedKeys> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual', // a redirect would let whoever answers it choose our keys
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await judgeKeySet(response);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.name : 'network' };
  }
}

/** A document without one usable key is a failure: it must not replace keys that work. */
async function judgeKeySet(response: Response): Promise<FetchedKeys> {
  if (response.status !== 200) {
    void response.body?.cancel().catch(() => undefined);
    return { kind: 'failed', reason: `status ${response.status}` };
  }
  const read = await readText(response.body, largestDocumentBytes);
  if (read.kind !== 'text') return { kind: 'failed', reason: read.kind };
  const document: unknown = parseJson(read.text);
  if (!isKeySet(document)) return { kind: 'failed', reason: 'not a JSON key set' };
  const keys = await importPublicKeys(document);
  return keys.size > 0 ? { kind: 'keys', keys } : { kind: 'failed', reason: 'no ES256 key in the set' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKeySet(document: unknown): document is { keys: unknown[] } {
  return typeof document === 'object' && document !== null && 'keys' in document && Array.isArray(document.keys);
}

/** A clock that was set back must not stop fetching for as long as it was wrong. */
function isWithin(spanMs: number, since: number, now: number): boolean {
  return now >= since && now - since < spanMs;
}
