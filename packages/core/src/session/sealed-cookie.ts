/** The session cookie in proxy mode: the sealed token set, written, read and cleared by one policy. */
import { candidateValues, cookieNames, splitValue } from '../cookies/chunks.ts';
import { type CookiePair, expireEverywhere, expireTwins, parseCookies, setCookie } from '../cookies/header.ts';
import type { CookiePolicy } from '../cookies/policy.ts';
import type { Seal } from '../seal.ts';
import type { SessionCookie } from './session-cookie.ts';
import { parseSessionContent } from './session-content.ts';

/** What `createSealedCookie()` takes; `now` is milliseconds since the epoch. */
export interface SealedCookieOptions {
  readonly policy: CookiePolicy;
  readonly seal: Seal;
  readonly now: () => number;
}

/** A compact JWE or a piece of one; another program's cookie of the name looks different. */
const sealedGrammar = /^[\w.-]{40,}$/;

/** Makes the session cookie of one policy and one seal. */
export function createSealedCookie({ policy, seal, now }: SealedCookieOptions): SessionCookie {
  const { name } = policy;
  const names = cookieNames(name);
  const named = (own: string): CookiePolicy => ({ ...policy, name: own });
  const expire = (expired: string) => setCookie({ name: expired, value: '', maxAge: 0 }, policy);

  /** Without the `__Host-` prefix a neighbour can plant a twin for a parent domain, and only that scope removes it. */
  const twins = (cookies: readonly CookiePair[]) =>
    names
      .filter((twin) => cookies.filter((cookie) => cookie.name === twin).length > 1)
      .flatMap((twin) => expireTwins(named(twin)));

  return {
    names,
    candidates: (cookieHeader) => candidateValues(name, parseCookies(cookieHeader)),
    async open(sealed) {
      const opened = await seal.open(sealed);
      if (opened.kind !== 'opened') return opened;
      const content = parseSessionContent(opened.content);
      return content ? { kind: 'opened', content, isVouched: true } : { kind: 'unreadable' };
    },
    async write(content, cookieHeader) {
      const endsAt = Math.min(content.expiresAt, content.absoluteExpiresAt);
      const pairs = splitValue(name, await seal.seal(content, endsAt));
      const maxAge = Math.max(1, Math.ceil((endsAt - now()) / 1000));

      const cookies = parseCookies(cookieHeader);
      const isWritten = (seen: string) => pairs.some((pair) => pair.name === seen);
      const stale = names.filter((seen) => !isWritten(seen) && cookies.some((cookie) => cookie.name === seen));
      return [
        ...twins(cookies),
        ...stale.map((seen) => expire(seen)),
        ...pairs.map((pair) => setCookie({ ...pair, maxAge }, policy)),
      ];
    },
    clear: (cookieHeader) => [...twins(parseCookies(cookieHeader)), ...names.map((cleared) => expire(cleared))],
    remove(cookieHeader) {
      const present = parseCookies(cookieHeader).filter(({ value }) => sealedGrammar.test(value));
      const left = names.filter((own) => present.some((cookie) => cookie.name === own));
      return left.flatMap((own) => expireEverywhere(named(own)));
    },
    refusalOf: () => undefined,
  };
}
