/** The session cookie in proxy mode: the sealed token set, written, read and cleared by one policy. */
import { candidateValues, cookieNames, splitValue } from '../cookies/chunks.ts';
import { type CookiePair, parseCookies, setCookie, type SetCookie } from '../cookies/header.ts';
import type { CookiePolicy } from '../cookies/policy.ts';
import type { Seal } from '../seal.ts';
import { parseSessionContent, type SessionContent } from './session-content.ts';

/** What one candidate value turned out to be. */
type OpenedSession =
  | { readonly kind: 'opened'; readonly content: SessionContent }
  | { readonly kind: 'over' }
  | { readonly kind: 'unreadable' };

/** Stores a session in a browser and finds it again. */
export interface SessionCookie {
  /** Every value that might be the session, in the order of the header. */
  candidates(cookieHeader: string | null): string[];
  open(sealed: string): Promise<OpenedSession>;
  /** The cookies that store a session and remove what is left of the one before. */
  write(content: SessionContent, cookieHeader: string | null): Promise<SetCookie[]>;
  /** The cookies that remove every name and scope a session can be stored under. */
  clear(cookieHeader: string | null): SetCookie[];
}

/** What `createSessionCookie()` takes; `now` is milliseconds since the epoch. */
export interface SessionCookieOptions {
  readonly policy: CookiePolicy;
  readonly seal: Seal;
  readonly now: () => number;
}

/** Makes the session cookie of one policy and one seal. */
export function createSessionCookie({ policy, seal, now }: SessionCookieOptions): SessionCookie {
  const { name } = policy;
  const names = cookieNames(name);
  const expire = (expired: string) => setCookie({ name: expired, value: '', maxAge: 0 }, policy);

  /** Without the `__Host-` prefix a neighbour can plant a twin for a parent domain, and only that scope removes it. */
  const expireTwins = (cookies: readonly CookiePair[]) =>
    names
      .filter((twin) => cookies.filter((cookie) => cookie.name === twin).length > 1)
      .flatMap((twin) => policy.twinDomains.map((domain) => ({ ...expire(twin), domain })));

  return {
    candidates: (cookieHeader) => candidateValues(name, parseCookies(cookieHeader)),
    async open(sealed) {
      const opened = await seal.open(sealed);
      if (opened.kind !== 'opened') return opened;
      const content = parseSessionContent(opened.content);
      return content ? { kind: 'opened', content } : { kind: 'unreadable' };
    },
    async write(content, cookieHeader) {
      const endsAt = Math.min(content.expiresAt, content.absoluteExpiresAt);
      const pairs = splitValue(name, await seal.seal(content, endsAt));
      const maxAge = Math.max(1, Math.ceil((endsAt - now()) / 1000));

      const cookies = parseCookies(cookieHeader);
      const isWritten = (seen: string) => pairs.some((pair) => pair.name === seen);
      const stale = names.filter((seen) => !isWritten(seen) && cookies.some((cookie) => cookie.name === seen));
      return [
        ...expireTwins(cookies),
        ...stale.map((seen) => expire(seen)),
        ...pairs.map((pair) => setCookie({ ...pair, maxAge }, policy)),
      ];
    },
    clear: (cookieHeader) => [...expireTwins(parseCookies(cookieHeader)), ...names.map((cleared) => expire(cleared))],
  };
}
