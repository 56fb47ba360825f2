/** Which pages need no session: a short list, and everything else does. */

/** Whether a URL's pathname is public. */
export type PublicPaths = (pathname: string) => boolean;

/** What a router might read as another path than we do; below a public prefix that could be a protected one. */
const ambiguous = /%2f|%5c|%2e|%00|\/\//i;

/**
 * Matches exact paths, and everything below a prefix that ends in `/*`. A public path does not make the paths below it
 * public. The pathname must come from a `URL`, which has resolved its dot segments.
 */
export function publicPathsOf(patterns: readonly string[]): PublicPaths {
  const prefixes = patterns.filter((pattern) => pattern.endsWith('/*')).map((pattern) => pattern.slice(0, -1));
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('/*')));
  return (pathname) => {
    const normal = withoutTrailingSlash(pathname);
    const isBelowPrefix = prefixes.some((prefix) => pathname.startsWith(prefix));
    return exact.has(normal) || (isBelowPrefix && !ambiguous.test(pathname));
  };
}

function withoutTrailingSlash(pathname: string): string {
  return pathname.length > 1 && pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
}
