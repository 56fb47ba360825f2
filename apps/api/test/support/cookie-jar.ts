/** What a browser keeps of `Set-Cookie`, and what it sends back (RFC 6265bis, sections 5.6 to 5.8). */

/** One cookie in the jar; a host-only one has its host as the domain. */
export interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly isHostOnly: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  readonly sameSite: string | undefined;
  readonly maxAge: number | undefined;
}

/** A jar that forgets nothing by itself: time stands still in it. */
export interface CookieJar {
  /** Takes the lines of one answer; gives those that a browser would ignore. */
  take(url: string, lines: readonly string[]): string[];
  /** The `Cookie` header of a request, or `undefined` when there is nothing to send. */
  header(url: string): string | undefined;
  all(): readonly KeptCookie[];
}

/** Creates an empty jar. */
export function createCookieJar(): CookieJar {
  let kept: KeptCookie[] = [];
  const isSameCookie = (one: KeptCookie, two: KeptCookie): boolean =>
    one.name === two.name && one.domain === two.domain && one.isHostOnly === two.isHostOnly && one.path === two.path;

  const takeLine = (url: URL, line: string): boolean => {
    const cookie = parse(url, line);
    if (!isAcceptable(cookie, url)) return false;
    const at = kept.findIndex((known) => isSameCookie(known, cookie));
    if (cookie.maxAge !== undefined && cookie.maxAge <= 0) kept = kept.filter((known) => !isSameCookie(known, cookie));
    else if (at >= 0)
      kept[at] = cookie; // keeps its place: the creation time stays
    else kept.push(cookie);
    return true;
  };

  return {
    take: (url, lines) => lines.filter((line) => !takeLine(new URL(url), line)),
    header(url) {
      const { hostname, pathname, protocol } = new URL(url);
      const sent = kept
        .filter(({ domain, isHostOnly }) => (isHostOnly ? hostname === domain : matchesDomain(hostname, domain)))
        .filter(({ path }) => matchesPath(pathname, path))
        .filter(({ isSecure }) => !isSecure || protocol === 'https:')
        .toSorted((one, two) => two.path.length - one.path.length);
      return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join('; ') : undefined;
    },
    all: () => kept,
  };
}

function parse({ hostname, pathname }: URL, line: string): KeptCookie {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const attributes = new Map(rest.map((part) => [part.split('=', 1).join('').toLowerCase(), part.split('=')[1] ?? '']));
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
  const path = attributes.get('path');
  const maxAge = attributes.get('max-age');
  return {
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    domain: domain || hostname,
    isHostOnly: !domain,
    path: path?.startsWith('/') ? path : pathname.slice(0, Math.max(1, pathname.lastIndexOf('/'))),
    isSecure: attributes.has('secure'),
    isHttpOnly: attributes.has('httponly'),
    sameSite: attributes.get('samesite'),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
  };
}

function isAcceptable(cookie: KeptCookie, { hostname, protocol }: URL): boolean {
  const isSuffix = !cookie.isHostOnly && !cookie.domain.includes('.');
  const isForeign = !cookie.isHostOnly && !matchesDomain(hostname, cookie.domain);
  const isInsecure = protocol !== 'https:' && cookie.isSecure;
  const needsSecure = /^__(?:secure|host)-/i.test(cookie.name) && !cookie.isSecure;
  const needsHost = /^__host-/i.test(cookie.name) && (!cookie.isHostOnly || cookie.path !== '/');
  const isTooLarge = cookie.name.length + cookie.value.length > 4096;
  return !(isSuffix || isForeign || isInsecure || needsSecure || needsHost || isTooLarge);
}

function matchesDomain(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}

function matchesPath(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
