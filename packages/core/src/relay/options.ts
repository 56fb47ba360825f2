/** What a relay is made of: checked and completed once, at start. */
import { type PassingRequestHeaders, passingRequestHeaders } from './request-headers.ts';
import { type PassingResponseHeaders, passingResponseHeaders } from './response-headers.ts';
import { createRoutes, defaultMethods, type RelayRoute, type Routes } from './routes.ts';
import type { Upstream } from './target.ts';

/** What `createBff()` takes as `relay`. */
export interface RelayOptions {
  /**
   * Where relayed calls go: the API's origin as this server reaches it, e.g. `http://127.0.0.1:4000`; a path is allowed.
   * A call to `/api/proxy/notes` goes to `/api/notes` below it.
   */
  url: string;
  /** Until the headers of the API's answer. Default 30. */
  timeoutSeconds?: number;
  /** Default: every path needs a logged-in user. With a list, what it does not name is 404; the first match counts. */
  routes?: readonly RelayRoute[];
  /** For every route that has none of its own. Default GET, HEAD, POST, PUT, PATCH, DELETE. Others are 405. */
  methods?: readonly string[];
  /** Further request headers that the API gets, added to the relay's list. */
  requestHeaders?: readonly string[];
  /** Further response headers that the browser gets, added to the relay's list. */
  responseHeaders?: readonly string[];
}

/** Options after `resolveRelayOptions()`: nothing below it is optional. */
export interface RelayRules {
  readonly upstream: Upstream;
  readonly headersTimeoutMs: number;
  readonly routes: Routes;
  readonly requestHeaders: PassingRequestHeaders;
  readonly responseHeaders: PassingResponseHeaders;
}

/** The API's endpoints are below it, as they are in `AuthApi`. */
const apiPath = '/api';

/** Checks and completes the options. Throws `TypeError` in one sentence: the option, the rule, the remedy. */
export function resolveRelayOptions(options: RelayOptions): RelayRules {
  const { timeoutSeconds = 30, methods = defaultMethods, requestHeaders = [], responseHeaders = [] } = options;
  if (!(timeoutSeconds > 0 && timeoutSeconds <= longestTimeoutSeconds)) {
    throw new TypeError(`relay.timeoutSeconds must be more than 0 and at most ${longestTimeoutSeconds}; write 30`);
  }
  return {
    upstream: upstreamOf(options.url),
    headersTimeoutMs: Math.ceil(timeoutSeconds * 1000),
    routes: createRoutes(options.routes, methods),
    requestHeaders: passingRequestHeaders(requestHeaders),
    responseHeaders: passingResponseHeaders(responseHeaders),
  };
}

/** Timers take no more than 31 bits of milliseconds, and nobody waits for a day. */
const longestTimeoutSeconds = 86_400;

function upstreamOf(url: string): Upstream {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  const isPlain = parsed !== undefined && /^(?:\/[A-Za-z0-9._~-]+)*\/?$/.test(parsed.pathname);
  const isBare = parsed !== undefined && parsed.username + parsed.password + parsed.search + parsed.hash === '';
  if (parsed !== undefined && isHttp && isPlain && isBare) {
    return { origin: parsed.origin, basePath: parsed.pathname.replace(/\/$/, '') + apiPath };
  }
  throw new TypeError(
    'relay.url must be an http or https URL without credentials, query or fragment; write one such as http://127.0.0.1:4000',
  );
}
