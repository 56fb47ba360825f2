/** The `Cookie` and `Set-Cookie` headers (RFC 6265bis, sections 4.1 and 5.8). */
import type { CookieAttributes } from './policy.ts';

/** One `name=value` of a `Cookie` header. */
export interface CookiePair {
  readonly name: string;
  readonly value: string;
}

/** Parses a `Cookie` header, keeping duplicates in their order and every value as it is. */
export function parseCookies(header: string | null): CookiePair[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=');
    const isNamed = name.trim() !== '' && rest.length > 0;
    return isNamed ? [{ name: name.trim(), value: rest.join('=').trim() }] : [];
  });
}

/** One `Set-Cookie` line, before it is written. */
export interface SetCookie extends CookiePair {
  readonly attributes: CookieAttributes;
  /** Whole seconds; 0 removes the cookie. */
  readonly maxAge: number;
  /** Only ever for removing a twin: our own cookie is host-only. */
  readonly domain?: string;
}

/** Writes one `Set-Cookie` line. */
export function serializeSetCookie({ name, value, attributes, maxAge, domain }: SetCookie): string {
  const parts = [
    `${name}=${value}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${attributes.path}`,
    `Max-Age=${maxAge}`,
    ...(maxAge === 0 ? ['Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : []),
    ...(attributes.httpOnly ? ['HttpOnly'] : []),
    ...(attributes.secure ? ['Secure'] : []),
    `SameSite=${attributes.sameSite}`,
  ];
  return parts.join('; ');
}
