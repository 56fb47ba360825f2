/** The request's session cookie as it is by now: an action may have set another before the page renders. */
import { cookies, headers } from 'next/headers';
import type { Footbridge } from './footbridge.ts';

/**
 * The `Cookie` header to authenticate with. It is the browser's own, byte for byte, twins included, unless an action of
 * this very request has written the session cookie: its value is in `cookies()` alone, and the header stays as it came.
 */
export async function currentCookieHeader(footbridge: Footbridge): Promise<string | null> {
  const header = (await headers()).get('cookie');
  const readable = (await cookies()).getAll();
  return headerByNow(header, readable, footbridge.cookieNames());
}

/** `sent` is the header as it came, `readable` what `cookies()` holds by now. */
export function headerByNow(
  sent: string | null,
  readable: readonly { readonly name: string; readonly value: string }[],
  names: readonly string[],
): string | null {
  const isOurs = (cookie: string) => names.includes(cookie);
  const present = readable.filter((cookie) => isOurs(cookie.name) && cookie.value !== '');
  const current = present.map((cookie) => `${cookie.name}=${cookie.value}`);

  const pairs = (sent ?? '').split(';').map((pair) => pair.trim());
  const sentOurs = pairs.filter((pair) => isOurs(pair.split('=', 1).join('')));
  const isUntouched = current.every((pair) => sentOurs.includes(pair)) && (current.length > 0 || sentOurs.length === 0);
  return isUntouched ? sent : current.join('; ') || null;
}
