/** Refuses a `COOKIE_MODE` that cannot work where the two apps are (RFC 6265bis, sections 5.2 and 5.7). */
import { readCookieDomain } from './cookie-domain.ts';
import type { Mode } from './mode.ts';
import { insecureOrigin } from './origin.ts';
import type { Problem } from './problem.ts';
import { hostKind } from './site.ts';

/** The values of `COOKIE_MODE`: who sets the cookie, the frontend on its own host or the API for every subdomain. */
export const cookieModes = ['proxy', 'shared-domain'] as const;

/** See `cookieModes`. */
export type CookieMode = (typeof cookieModes)[number];

/** Where the apps are, under the names of the settings. One that broke its own rule is absent. */
export interface Topology {
  readonly COOKIE_MODE?: CookieMode | undefined;
  readonly COOKIE_DOMAIN?: string | undefined;
  readonly WEB_ORIGIN?: string | undefined;
  readonly API_ORIGIN?: string | undefined;
}

interface Origin {
  readonly setting: 'WEB_ORIGIN' | 'API_ORIGIN';
  readonly url: URL;
}

const useProxy = 'set COOKIE_MODE=proxy, or use a domain of your own';
const moveBelow =
  'give it a host below COOKIE_DOMAIN, in development one such as app.example.localhost, or set COOKIE_MODE=proxy';

/** Every problem of the mode with the origins and the cookie domain: both apps ask, so both refuse alike. */
export function topologyProblems(topology: Topology, mode: Mode): Problem[] {
  const domain = readCookieDomain(topology.COOKIE_DOMAIN);
  const spelling = domain.kind === 'malformed' ? [domain.problem] : [];
  const origins = originsOf(topology);
  if (topology.COOKIE_MODE !== 'shared-domain') {
    return [...spelling, ...origins.flatMap(({ setting, url }) => insecureOrigin(setting, url.origin, mode) ?? [])];
  }
  const missing = domain.kind === 'unset' ? [missingDomain] : [];
  const unusable = domain.kind === 'domain' ? unusableDomain(domain.name) : [];
  const name = domain.kind === 'domain' && unusable.length === 0 ? domain.name : undefined;
  return [
    ...spelling,
    ...missing,
    ...unusable,
    ...twoSites(origins),
    ...origins.flatMap((origin) => [...hostless(origin), ...plainHttp(origin), ...outside(origin, name)]),
    ...mixedSchemes(origins),
  ];
}

function originsOf({ WEB_ORIGIN, API_ORIGIN }: Topology): Origin[] {
  return [
    ...(WEB_ORIGIN === undefined ? [] : [{ setting: 'WEB_ORIGIN', url: new URL(WEB_ORIGIN) } as const]),
    ...(API_ORIGIN === undefined ? [] : [{ setting: 'API_ORIGIN', url: new URL(API_ORIGIN) } as const]),
  ];
}

const missingDomain: Problem = {
  setting: 'COOKIE_DOMAIN',
  rule: 'is required where COOKIE_MODE is shared-domain',
  remedy: 'write the domain above both apps, such as example.com',
};

/** The name is told only where it is on the public list: what has no dot may be a secret in the wrong line. */
function unusableDomain(name: string): Problem[] {
  const { kind } = hostKind(name);
  if (kind === 'single-label') {
    const rule = 'must have two labels at least, for browsers do not let the subdomains of one label share a cookie';
    return [
      { setting: 'COOKIE_DOMAIN', rule, remedy: 'write one such as example.com, in development example.localhost' },
    ];
  }
  if (kind !== 'public-suffix') return [];
  const rule = `${name} is a public suffix, and browsers silently drop a cookie that a host below it sets for it`;
  return [{ setting: 'COOKIE_DOMAIN', rule, remedy: useProxy }];
}

function twoSites(origins: readonly Origin[]): Problem[] {
  const sites = origins.flatMap(({ setting, url }) => {
    const host = hostKind(url.hostname);
    return host.kind === 'site' ? [{ setting, domain: host.registrableDomain }] : [];
  });
  const isOneSite = new Set(sites.map(({ domain }) => domain)).size < 2;
  if (isOneSite) return [];
  const places = sites.map(({ setting, domain }) => `${setting} is on ${domain}`).join(' and ');
  const rule = `shared-domain needs one registrable domain, but ${places}`;
  return [{ setting: 'COOKIE_MODE', rule, remedy: 'set COOKIE_MODE=proxy, or put both below one domain of yours' }];
}

function hostless({ setting, url: { hostname } }: Origin): Problem[] {
  const reason = {
    address: 'an address has no subdomains',
    'single-label': `${hostname} is a single label`,
    'public-suffix': `${hostname} is a public suffix`,
    site: undefined,
  }[hostKind(hostname).kind];
  if (reason === undefined) return [];
  return [{ setting, rule: `must be on a subdomain in shared-domain mode, but ${reason}`, remedy: moveBelow }];
}

/** Whatever `NODE_ENV` says: without `Secure`, whoever is on the path reads and plants the cookies of every subdomain. */
function plainHttp({ setting, url }: Origin): Problem[] {
  if (insecureOrigin(setting, url.origin, 'production') === undefined) return [];
  const rule = 'a plain http: origin is allowed in shared-domain mode only on *.localhost';
  return [{ setting, rule, remedy: 'serve it over https: and say so here' }];
}

function outside({ setting, url: { hostname } }: Origin, domain: string | undefined): Problem[] {
  const host = hostKind(hostname);
  if (domain === undefined || host.kind !== 'site') return [];
  const matches = hostname === domain || hostname.endsWith(`.${domain}`); // RFC 6265bis, section 5.1.3
  if (!matches) {
    const rule = `${hostname} is neither COOKIE_DOMAIN nor below it, so that browsers refuse the cookies there`;
    return [{ setting, rule, remedy: 'give it a host below COOKIE_DOMAIN, or correct COOKIE_DOMAIN' }];
  }
  const isBelowSite = domain === host.registrableDomain || domain.endsWith(`.${host.registrableDomain}`);
  if (isBelowSite) return [];
  const rule = `COOKIE_DOMAIN lies above the public suffix ${host.publicSuffix} of ${hostname}, which no cookie crosses`;
  return [{ setting, rule, remedy: useProxy }];
}

/** A site has a scheme: what is `http:` on one host and `https:` on the other is cross-site, and `Lax` holds it back. */
function mixedSchemes(origins: readonly Origin[]): Problem[] {
  const plain = origins.filter(({ url }) => url.protocol === 'http:');
  const secure = origins.filter(({ url }) => url.protocol === 'https:');
  return plain.flatMap(({ setting }) =>
    secure.map((other) => ({
      setting,
      rule: `is http: while ${other.setting} is https:, which browsers take for two sites`,
      remedy: 'serve both over https:',
    })),
  );
}
