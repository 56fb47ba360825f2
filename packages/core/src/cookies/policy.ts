/** Name and attributes of our cookies, from configuration alone (RFC 6265bis, section 4.1.3). */

/** Everything that sets, reads or clears the session cookie goes through one of these. */
export interface CookiePolicy {
  readonly name: string;
  readonly attributes: CookieAttributes;
  /** `Domain` values under which a planted twin of an unprefixed cookie may live; empty on https. */
  readonly twinDomains: readonly string[];
}

/** Attributes of the session cookie; there is deliberately no `Domain`. */
export interface CookieAttributes {
  readonly path: '/';
  readonly httpOnly: true;
  readonly secure: boolean;
  readonly sameSite: 'Lax';
}

/** What decides the cookie: the frontend's public origin (never the request, never `NODE_ENV`) and the mode. */
export interface CookiePolicyOptions {
  publicOrigin: string;
  mode: 'proxy';
}

const bareName = 'session';
/** `__Host-Http-` promises: host-only, `Secure`, and set by a server, never by a script. */
const hostOnlyPrefix = '__Host-Http-';

/** The session cookie's policy. On plain http the name loses its prefix and the cookie `Secure`; nothing else. */
export function cookiePolicy(options: CookiePolicyOptions): CookiePolicy {
  const { protocol, hostname } = new URL(options.publicOrigin);
  const secure = protocol === 'https:';
  return {
    name: secure ? `${hostOnlyPrefix}${bareName}` : bareName,
    attributes: { path: '/', httpOnly: true, secure, sameSite: 'Lax' },
    twinDomains: secure ? [] : domainsAbove(hostname),
  };
}

/** The policy of the cookie that counts how often a page was bounced to be refreshed. */
export function bounceCookiePolicy(options: CookiePolicyOptions): CookiePolicy {
  const policy = cookiePolicy(options);
  return { ...policy, name: policy.name.replace(bareName, 'refresh-bounces') };
}

/** The host itself and its parents, down to two labels: the `Domain` values that it could have been tossed from. */
function domainsAbove(hostname: string): string[] {
  const isAddress = hostname.startsWith('[') || /^[0-9.]+$/.test(hostname);
  if (isAddress) return [];
  const labels = hostname.split('.');
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join('.'));
}
