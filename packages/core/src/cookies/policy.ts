/** Names, scope and attributes of our cookies, from configuration alone (RFC 6265bis, section 4.1.3). */

/** Everything that sets, reads or clears a cookie of ours goes through one of these. */
export interface CookiePolicy {
  readonly name: string;
  readonly attributes: CookieAttributes;
  /** `Domain` values under which a twin of this cookie may live, ours not among them; empty where the name forbids it. */
  readonly twinDomains: readonly string[];
}

/** Attributes of a cookie of ours. Without a `Domain` it is the host's alone. */
export interface CookieAttributes {
  readonly path: '/';
  readonly httpOnly: true;
  readonly secure: boolean;
  readonly sameSite: 'Lax';
  readonly domain?: string;
}

/** One of the two modes. `domain` is without a leading dot; the public origin's host must be it, or be below it. */
export type CookieMode = { mode: 'proxy' } | { mode: 'shared-domain'; domain: string };

/** What decides a cookie of one host: that host's public origin, never the request, never `NODE_ENV`. */
export interface CookiePolicyOptions {
  /** The origin, as browsers see it, of the app that sets the cookie. */
  readonly publicOrigin: string;
}

/** What decides a cookie of every subdomain. */
export interface SharedCookiePolicyOptions extends CookiePolicyOptions {
  /** The domain above both apps, without a leading dot. */
  readonly cookieDomain: string;
}

/** `__Host-Http-` promises: host-only, `Secure`, and set by a server, never by a script. */
const hostOnlyPrefix = '__Host-Http-';
/** `__Secure-` promises `Secure` alone: a cookie with a `Domain` may have no stricter prefix. */
const sharedPrefix = '__Secure-';

/** The policy of every cookie that holds a session in a mode. */
export function cookiePolicies({
  publicOrigin,
  cookies,
}: CookiePolicyOptions & { cookies: CookieMode }): CookiePolicy[] {
  if (cookies.mode === 'proxy') return [cookiePolicy({ publicOrigin })];
  return Object.values(sharedCookiePolicies({ publicOrigin, cookieDomain: cookies.domain }));
}

/** Proxy mode's one cookie. On plain http the name loses its prefix and the cookie `Secure`; nothing else. */
export function cookiePolicy(options: CookiePolicyOptions): CookiePolicy {
  return hostCookiePolicy('session', options);
}

/** The policy of the cookie that counts how often a page was bounced to be refreshed. */
export function bounceCookiePolicy(options: CookiePolicyOptions): CookiePolicy {
  return hostCookiePolicy('refresh-bounces', options);
}

/** The policies of shared-domain mode's two cookies, the same whichever app sets them. */
export function sharedCookiePolicies(
  options: SharedCookiePolicyOptions,
): Readonly<Record<'access' | 'refresh', CookiePolicy>> {
  return { access: sharedCookiePolicy('access', options), refresh: sharedCookiePolicy('refresh', options) };
}

function hostCookiePolicy(bareName: string, { publicOrigin }: CookiePolicyOptions): CookiePolicy {
  const { secure, hostname } = siteOf(publicOrigin);
  return {
    name: secure ? `${hostOnlyPrefix}${bareName}` : bareName,
    attributes: { path: '/', httpOnly: true, secure, sameSite: 'Lax' },
    twinDomains: secure ? [] : domainsAbove(hostname),
  };
}

function sharedCookiePolicy(bareName: string, { publicOrigin, cookieDomain }: SharedCookiePolicyOptions): CookiePolicy {
  const { secure, hostname } = siteOf(publicOrigin);
  return {
    name: secure ? `${sharedPrefix}${bareName}` : bareName,
    attributes: { path: '/', httpOnly: true, secure, sameSite: 'Lax', domain: cookieDomain },
    twinDomains: domainsAbove(hostname).filter((domain) => domain !== cookieDomain),
  };
}

function siteOf(publicOrigin: string): { readonly secure: boolean; readonly hostname: string } {
  const { protocol, hostname } = new URL(publicOrigin);
  return { secure: protocol === 'https:', hostname };
}

/** The host itself and its parents, down to two labels: the `Domain` values that it could have been tossed from. */
function domainsAbove(hostname: string): string[] {
  const isAddress = hostname.startsWith('[') || /^[0-9.]+$/.test(hostname);
  if (isAddress) return [];
  const labels = hostname.split('.');
  return labels.slice(0, -1).map((_label, index) => labels.slice(index).join('.'));
}
