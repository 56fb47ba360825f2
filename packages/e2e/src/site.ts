/** Where the two apps are to a browser and who sets the cookie: each variant in which the journeys are walked. */

/** One variant. In proxy mode the apps are two sites, in shared-domain mode two subdomains of one. */
export interface Site {
  readonly mode: 'proxy' | 'shared-domain';
  readonly scheme: 'http' | 'https';
}

/** The names under which a browser knows the apps, and the domain above both, if there is one. */
export interface Hosts {
  readonly web: string;
  readonly api: string;
  readonly cookieDomain?: string;
}

/** A cookie as a browser's jar has it, without what differs each time. */
export interface JarCookie {
  readonly name: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: string;
}

/** Every variant. */
export const sites: readonly Site[] = [
  { mode: 'proxy', scheme: 'http' },
  { mode: 'proxy', scheme: 'https' },
  { mode: 'shared-domain', scheme: 'http' },
  { mode: 'shared-domain', scheme: 'https' },
];

/** The variants in which both apps are below one domain. */
export const sharedSites: readonly Site[] = sites.filter(({ mode }) => mode === 'shared-domain');

const hostsByScheme = {
  http: {
    proxy: { web: 'localhost', api: '127.0.0.1' },
    'shared-domain': { web: 'app.example.localhost', api: 'api.example.localhost', cookieDomain: 'example.localhost' },
  },
  https: {
    proxy: { web: 'app.mysite.test', api: 'api.elsewhere.test' },
    'shared-domain': { web: 'app.mysite.test', api: 'api.mysite.test', cookieDomain: 'mysite.test' },
  },
} as const;

/** Every name that no resolver knows; the rest are `*.localhost`, which browsers keep for this machine. */
export const testNames = ['app.mysite.test', 'api.mysite.test', 'evil.mysite.test', 'api.elsewhere.test'] as const;

/** The names of a variant. */
export function hostsOf({ mode, scheme }: Site): Hosts {
  return hostsByScheme[scheme][mode];
}

/** For a test's title. */
export function nameOf({ mode, scheme }: Site): string {
  return `${mode} over ${scheme}`;
}

/** What a logged-in browser's jar holds, whole, in the order of the names. The hosts are the site's own by default. */
export function cookiesOf(site: Site, { web, cookieDomain }: Hosts = hostsOf(site)): readonly JarCookie[] {
  const domain = site.mode === 'proxy' ? web : `.${cookieDomain}`;
  const secure = site.scheme === 'https';
  return cookieNamesOf(site).map((name) => ({ name, domain, path: '/', httpOnly: true, secure, sameSite: 'Lax' }));
}

/** The names of the session's cookies, in alphabetical order. */
export function cookieNamesOf({ mode, scheme }: Site): readonly string[] {
  const isSecure = scheme === 'https';
  if (mode === 'proxy') return [isSecure ? '__Host-Http-session' : 'session'];
  return ['access', 'refresh'].map((name) => (isSecure ? `__Secure-${name}` : name));
}
