/** Where a script's calls go: to this site's own server, or straight to the API where the cookies reach both. */

/** How scripts reach the API. The server says it, from its settings: a build serves either mode. */
export type ApiMode =
  /** By way of this site's own server. */
  | { readonly mode: 'proxy' }
  /** Straight: `origin` is the API's as browsers see it, such as `https://api.mysite.com`. */
  | { readonly mode: 'shared-domain'; readonly origin: string };

/** One call's address, and what it has to carry, whatever sends it: `fetch`, or `XMLHttpRequest` for its progress. */
export interface ApiTarget {
  /** Absolute. */
  readonly url: string;
  /** `include` is `withCredentials = true` of an `XMLHttpRequest`; `same-origin` is what that does by itself. */
  readonly credentials: 'same-origin' | 'include';
  /** What a cross-site form cannot send; the server refuses scripts without it. */
  readonly headers: { readonly 'x-footbridge': '1' };
}

/**
 * The API's own origin in shared-domain mode. It is a variable of this module, because nothing that is injected into the
 * markup can write it: a `<meta>`, or an element whose id makes it a global, could send a password anywhere. Until the
 * provider has said something, calls go to this site's own server, which answers them in both modes.
 */
let apiOrigin: string | undefined;

/**
 * Sets the mode for every call of this document from now on. In a browser alone: on a server one module is everybody's.
 *
 * @throws {TypeError} when the origin is no URL.
 */
export function setApiMode(api: ApiMode): void {
  apiOrigin = api.mode === 'proxy' ? undefined : new URL(api.origin).origin;
}

/**
 * Where `path` of the API is, for what `apiFetch()` cannot do, such as an upload with progress. It renews no token: a
 * short `apiFetch()` just before does. Call it in an effect or an event handler: a server that renders has no address.
 *
 * @throws {TypeError} when the path does not start with one `/`, or would be folded into another by a URL parser.
 */
export function apiTarget(path: string): ApiTarget {
  if (!isBelowTheApi(path))
    throw new TypeError('an API path starts with one "/" and has no dot segment, "\\" or space');
  return apiOrigin === undefined ? ownTarget(`/api/proxy${path}`) : endpointTarget(`/api${path}`);
}

/** Where an endpoint is that both the API and this site have. */
export function endpointTarget(path: string): ApiTarget {
  if (apiOrigin === undefined) return ownTarget(path);
  return { url: apiOrigin + path, credentials: 'include', headers };
}

/** An endpoint of this site's own server. Absolute, for an injected `<base>` moves every relative address. */
export function ownTarget(path: string): ApiTarget {
  return { url: globalThis.location.origin + path, credentials: 'same-origin', headers };
}

const headers = { 'x-footbridge': '1' } as const;

// What a URL parser folds: a backslash is a slash, white space and control characters go, `%2e` is a dot.
const folding = /[\\\s\p{Cc}]|\/(?:\.|%2e){1,2}(?:\/|$)/iu;

function isBelowTheApi(path: string): boolean {
  const [pathname = ''] = path.split(/[?#]/, 1);
  return /^\/(?!\/)/.test(pathname) && !folding.test(pathname);
}
