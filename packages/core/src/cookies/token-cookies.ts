/** The two cookies of shared-domain mode, which either app sets, reads and clears (DESIGN section 7; RFC 6265bis). */
import { type CookiePair, expireCookie, expireTwins, parseCookies, setCookie, type SetCookie } from './header.ts';
import { type CookiePolicy, sharedCookiePolicies, type SharedCookiePolicyOptions } from './policy.ts';

/** What a browser is to keep. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Until the idle end of the session: the access token outlives itself, so that it can still tell whose it was. */
  readonly maxAgeSeconds: number;
}

/** What a browser sent: every value, in its order. A sibling subdomain may have planted some of them. */
export interface PresentedTokens {
  readonly accessTokens: readonly string[];
  readonly refreshTokens: readonly string[];
}

/** Stores the tokens in a browser and finds them again. */
export interface TokenCookies {
  /** The names, access token first. */
  readonly names: readonly [access: string, refresh: string];
  read(cookieHeader: string | null): PresentedTokens;
  /** Both cookies; before them the removal of twins, where the header shows that there are some. */
  write(tokens: TokenPair, cookieHeader: string | null): SetCookie[];
  /** Removes both cookies in their own scope, and twins where the header shows that there are some. */
  clear(cookieHeader: string | null): SetCookie[];
}

/** Above it a browser drops the cookie without a word (RFC 6265bis, section 5.6); attributes need the rest of 4096. */
const largestPairBytes = 3800;

/** The largest token that fits beside its cookie's name. */
export const largestTokenBytes = largestPairBytes - '__Secure-refresh'.length;

/** Makes the cookies of the app at `publicOrigin`. Both apps make the same ones; only the scopes of twins differ. */
export function createTokenCookies(options: SharedCookiePolicyOptions): TokenCookies {
  const { access, refresh } = sharedCookiePolicies(options);
  const policies = [access, refresh];

  const twins = (cookies: readonly CookiePair[]) =>
    policies.filter(({ name }) => isTwofold(name, cookies)).flatMap((policy) => expireTwins(policy));

  return {
    names: [access.name, refresh.name],
    read(cookieHeader) {
      const cookies = parseCookies(cookieHeader);
      return { accessTokens: valuesOf(access.name, cookies), refreshTokens: valuesOf(refresh.name, cookies) };
    },
    write({ accessToken, refreshToken, maxAgeSeconds }, cookieHeader) {
      const maxAge = Math.max(1, Math.ceil(maxAgeSeconds));
      return [
        ...twins(parseCookies(cookieHeader)),
        stored(access, accessToken, maxAge),
        stored(refresh, refreshToken, maxAge),
      ];
    },
    clear: (cookieHeader) => [...twins(parseCookies(cookieHeader)), ...policies.map((policy) => expireCookie(policy))],
  };
}

function stored(policy: CookiePolicy, value: string, maxAge: number): SetCookie {
  if (value.length > largestTokenBytes) {
    throw new RangeError(`a token is too large for a cookie: ${largestTokenBytes} bytes at most`);
  }
  return setCookie({ name: policy.name, value, maxAge }, policy);
}

function isTwofold(name: string, cookies: readonly CookiePair[]): boolean {
  return cookies.filter((cookie) => cookie.name === name).length > 1;
}

function valuesOf(name: string, cookies: readonly CookiePair[]): string[] {
  const values = cookies.filter((cookie) => cookie.name === name && cookie.value !== '').map(({ value }) => value);
  return [...new Set(values)];
}
