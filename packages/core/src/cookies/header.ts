/** The `Cookie` and `Set-Cookie` headers (RFC 6265bis, sections 4.1 and 5.8). */
import type { CookiePolicy } from './policy.ts';

/** One `name=value` of a `Cookie` header. */
export interface CookiePair {
  readonly name: string;
  readonly value: string;
}

/** Parses a `Cookie` header, keeping duplicates in their order and every value as it is. */
export function parseCookies(header: string | null): CookiePair[] {
  const pairs: CookiePair[] = [];
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('='); // every page view runs through here: no array per pair
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (name !== '') pairs.push({ name, value: pair.slice(at + 1).trim() });
  }
  return pairs;
}

/** One cookie to be set, in the form that an adapter can give to its framework. */
export interface SetCookie {
  name: string;
  value: string;
  /** Whole seconds; 0 removes the cookie. */
  maxAge: number;
  httpOnly: true;
  secure: boolean;
  sameSite: 'lax';
  path: '/';
  /** Absent: the cookie is the host's alone. */
  domain?: string;
}

/** Gives a cookie the attributes of its policy, its scope among them. */
export function setCookie(cookie: Pick<SetCookie, 'name' | 'value' | 'maxAge'>, policy: CookiePolicy): SetCookie {
  const { path, httpOnly, secure, domain } = policy.attributes;
  return { ...cookie, path, httpOnly, secure, sameSite: 'lax', ...(domain !== undefined && { domain }) };
}

/** Removes the cookie of a policy. */
export function expireCookie(policy: CookiePolicy): SetCookie {
  return setCookie({ name: policy.name, value: '', maxAge: 0 }, policy);
}

/**
 * Removes what a host of ours may hold under a policy's name in every other scope than the policy's own: the host's own
 * cookie, where ours has a `Domain`, and those of the domains above it. Only the scope itself removes a cookie.
 */
export function expireTwins(policy: CookiePolicy): SetCookie[] {
  const { domain, ...hostOnly } = expireCookie(policy);
  const hosts = domain === undefined ? [] : [hostOnly];
  return [...hosts, ...policy.twinDomains.map((twinDomain) => ({ ...hostOnly, domain: twinDomain }))];
}

/** Removes what a policy names in every scope, its own last. */
export function expireEverywhere(policy: CookiePolicy): SetCookie[] {
  return [...expireTwins(policy), expireCookie(policy)];
}

/** Writes one `Set-Cookie` line. */
export function serializeSetCookie({ name, value, maxAge, secure, path, domain }: SetCookie): string {
  const parts = [
    `${name}=${value}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    ...(maxAge === 0 ? ['Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : []),
    'HttpOnly',
    ...(secure ? ['Secure'] : []),
    'SameSite=Lax',
  ];
  return parts.join('; ');
}

/** The `Cookie` header that a browser would send after it stored these. */
export function storeCookies(cookieHeader: string | null, cookies: readonly SetCookie[]): string | null {
  const isReplaced = (name: string) => cookies.some((cookie) => cookie.name === name);
  const kept = parseCookies(cookieHeader).filter(({ name }) => !isReplaced(name));
  const stored = cookies.filter(({ maxAge }) => maxAge > 0);
  const pairs = [...kept, ...stored].map(({ name, value }) => `${name}=${value}`);
  return pairs.length > 0 ? pairs.join('; ') : null;
}
