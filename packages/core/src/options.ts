/** What a BFF is made of: checked and completed once, at start. */
import type { AuthApi } from './api/auth-api.ts';
import type { CookieMode } from './cookies/policy.ts';
import { type Digest, webDigest } from './digest.ts';
import { type Logger, silentLogger } from './logger.ts';
import { type Observe, unobserved } from './observer.ts';
import { type RelayOptions, type RelayRules, resolveRelayOptions } from './relay/options.ts';
import { localPath } from './return-to.ts';
import type { PagePaths } from './services.ts';

/** How access tokens of the API are verified: exactly one algorithm, ES256 with `jwks` or HS256 with `secret`. */
export interface AccessTokenRules {
  issuer: string;
  audience: string;
  keys: { kind: 'jwks'; url: string } | { kind: 'secret'; secret: string };
}

/** What `createBff()` takes. Secrets come from the environment, never from source. */
export interface BffOptions {
  /** The frontend's origin as browsers see it: scheme, host and port. Decides the cookie's name and `Secure`. */
  publicOrigin: string;
  /**
   * Whose cookie the session is. `proxy`: this host's alone, sealed. `shared-domain`: that of every host below `domain`,
   * signed; the API, a host below it too, sets the same cookies. Default `proxy`.
   */
  cookies?: CookieMode;
  /** How login, registration and logout reach the API: see `createAuthApi()`. */
  api: AuthApi;
  /**
   * Seal the session cookie, 32 bytes each at least. The newest comes first and seals; every one opens. In shared-domain
   * mode they open what is left of proxy mode, to end it.
   */
  sessionSecrets: readonly string[];
  accessToken: AccessTokenRules;
  /** What needs no session: exact paths, or prefixes that end in `/*`. Default `/`, `/login`, `/register`. */
  publicPaths?: readonly string[];
  /** Where those without a session are sent; always public. Default `/login`. */
  loginPath?: string;
  /** Where a refused registration form returns to; always public. Default `/register`. */
  registerPath?: string;
  /** Where a form login without `returnTo` goes. Default `/private`. */
  homePath?: string;
  /**
   * `local` verifies each access token's signature here; `remote` asks the API as well, each time: a revoked session
   * ends at once, at the price of one call per request. Default `local`.
   */
  verification?: 'local' | 'remote';
  /** How long the API's word on ended sessions may be missing before `revocationOnStale` holds. Default 30, least 2. */
  revocationMaxStalenessSeconds?: number;
  /** What holds then: `local` trusts signatures until they expire, `remote` asks the API each time. Default `local`. */
  revocationOnStale?: 'local' | 'remote';
  /**
   * How long the result of a refresh is kept for those who arrive late with the token before it. Must be shorter than
   * the API's own grace. Default 30.
   */
  successorMemorySeconds?: number;
  /** What `/api/proxy/*` relays, and where to. Default: nothing. */
  relay?: RelayOptions;
  /**
   * SHA-256 in base64url, for a runtime that has a synchronous one, which saves every page view a detour through
   * WebCrypto's threads. Default: WebCrypto.
   */
  digest?: (text: string) => string;
  /** Whether more requests are welcome, for `GET /readyz`: no, while the process stops. Default: always. */
  isReady?: () => boolean;
  /** Default: silent. */
  logger?: Logger;
  /** For metrics: told of every login, refresh, refusal, verdict of the guard and relayed call. Default: nobody. */
  observe?: Observe;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Fetches the signing keys. Default: the global `fetch`. */
  fetch?: typeof fetch;
  newRequestId?: () => string;
}

/** Options after `resolveOptions()`: nothing below it is optional. */
export interface ResolvedOptions {
  readonly publicOrigin: string;
  readonly cookies: CookieMode;
  readonly api: AuthApi;
  readonly sessionSecrets: readonly string[];
  readonly accessToken: AccessTokenRules;
  readonly publicPaths: readonly string[];
  readonly paths: PagePaths;
  readonly verification: 'local' | 'remote';
  readonly revocationMaxStalenessSeconds: number;
  readonly revocationOnStale: 'local' | 'remote';
  readonly successorMemorySeconds: number;
  readonly relay: RelayRules | undefined;
  readonly digest: Digest;
  readonly isReady: () => boolean;
  readonly logger: Logger;
  readonly observe: Observe;
  readonly now: () => number;
  readonly fetch: typeof fetch;
  readonly newRequestId: () => string;
}

const shortestSecretBytes = 32;
/** A feed that is silent is noticed after two seconds: less could never be kept. */
const leastStalenessSeconds = 2;

/** Checks and completes the options. Throws `TypeError` in one sentence: the option, the rule, the remedy. */
export function resolveOptions(options: BffOptions): ResolvedOptions {
  checkOrigin(options.publicOrigin);
  const { cookies = { mode: 'proxy' } } = options;
  if (cookies.mode === 'shared-domain') checkDomain(cookies.domain, options.publicOrigin);
  checkSecrets('sessionSecrets', options.sessionSecrets);
  const { keys } = options.accessToken;
  if (keys.kind === 'secret') checkSecrets('accessToken.keys.secret', [keys.secret]);

  const verification = checkedVerification(options);
  const paths = {
    login: page('loginPath', options.loginPath ?? '/login'),
    register: page('registerPath', options.registerPath ?? '/register'),
    home: page('homePath', options.homePath ?? '/private'),
  };
  const { publicPaths = ['/'] } = options;
  return {
    publicOrigin: options.publicOrigin,
    cookies,
    api: options.api,
    sessionSecrets: options.sessionSecrets,
    accessToken: options.accessToken,
    publicPaths: [...publicPaths, paths.login, paths.register], // a protected login page redirects to itself
    paths,
    ...verification,
    successorMemorySeconds: options.successorMemorySeconds ?? 30,
    relay: options.relay && resolveRelayOptions(options.relay),
    digest: options.digest ?? webDigest,
    isReady: options.isReady ?? (() => true),
    logger: options.logger ?? silentLogger,
    observe: options.observe ?? unobserved,
    now: options.now ?? Date.now,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    newRequestId: options.newRequestId ?? (() => crypto.randomUUID()),
  };
}

function checkOrigin(publicOrigin: string): void {
  const isOrigin = URL.canParse(publicOrigin) && new URL(publicOrigin).origin === publicOrigin;
  if (isOrigin && /^https?:/.test(publicOrigin)) return;
  throw new TypeError('publicOrigin must be an origin; write scheme, host and port, such as https://app.example.com');
}

/** Whether it is a public suffix is for the settings to judge: the list of those is larger than this package. */
function checkDomain(domain: string, publicOrigin: string): void {
  const { hostname } = new URL(publicOrigin);
  const isBelow = hostname === domain || hostname.endsWith(`.${domain}`);
  if (isBelow && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(domain) && !/^[0-9.]+$/.test(domain)) return;
  throw new TypeError(
    'cookies.domain must be a domain that the host of publicOrigin is below; write one such as example.com, without a dot before it',
  );
}

function checkedVerification(options: BffOptions) {
  const { verification = 'local', revocationOnStale = 'local', revocationMaxStalenessSeconds = 30 } = options;
  if (!(revocationMaxStalenessSeconds >= leastStalenessSeconds)) {
    throw new TypeError(`revocationMaxStalenessSeconds must be ${leastStalenessSeconds} or more; write 30`);
  }
  const needsApi = verification === 'remote' || revocationOnStale === 'remote';
  if (needsApi && options.api.verify === undefined) {
    throw new TypeError('remote verification needs an API that verifies; give its AuthApi a "verify", or write local');
  }
  return { verification, revocationOnStale, revocationMaxStalenessSeconds };
}

function checkSecrets(option: string, secrets: readonly string[]): void {
  const isLongEnough = (secret: string) => new TextEncoder().encode(secret).byteLength >= shortestSecretBytes;
  if (secrets.length > 0 && secrets.every(isLongEnough)) return;
  throw new TypeError(
    `${option} must hold ${shortestSecretBytes} bytes or more each; make one with "openssl rand -base64 48"`,
  );
}

function page(option: string, path: string): string {
  if (localPath(path) === path) return path;
  throw new TypeError(`${option} must be the path of a page on this site; write one such as /login`);
}
