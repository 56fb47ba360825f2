/** Puts the BFF together. Pure wiring: nothing is read, fetched or derived before the first request. */
import { secretKey, type SigningKeys } from './access-token/keys.ts';
import { createMemory } from './access-token/memory.ts';
import { remoteKeys } from './access-token/remote-keys.ts';
import { createFetchApi, type FetchApi } from './api/user-call.ts';
import { bounceCookiePolicy, cookiePolicy } from './cookies/policy.ts';
import { createEndpoint, createNotFound, type Endpoint, type RequestContext } from './endpoint.ts';
import { liveness, readiness } from './endpoints/health.ts';
import { login } from './endpoints/login.ts';
import { logout } from './endpoints/logout.ts';
import { refresh } from './endpoints/refresh.ts';
import { register } from './endpoints/register.ts';
import { session } from './endpoints/session.ts';
import { createGuard, type GuardDecision } from './guard/guard.ts';
import { publicPathsOf } from './guard/public-paths.ts';
import { type BffOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { createBounces } from './refresh/bounces.ts';
import { type AuthenticateAndRefresh, createAuthenticateAndRefresh } from './refresh/inline.ts';
import { createRefresh } from './refresh/refresh.ts';
import { createSuccessors } from './refresh/successors.ts';
import { createBearers, type KnownBearer } from './relay/bearer.ts';
import { createFindCaller } from './relay/caller.ts';
import { createRelay } from './relay/relay.ts';
import { createRenew } from './relay/renewal.ts';
import type { Relay } from './relay/transport.ts';
import { createRevocations, type Revocations } from './revocations/revocations.ts';
import { createSeal } from './seal.ts';
import type { Services } from './services.ts';
import { type Authentication, createJudge, type KnownSession } from './session/authentication.ts';
import { createEndSessions } from './session/end-session.ts';
import { createAuthenticate, createFindSession } from './session/read-session.ts';
import { createRemoteVerification } from './session/remote-verification.ts';
import { createSealedCookie } from './session/sealed-cookie.ts';
import { afterOtherMode, type SessionCookie } from './session/session-cookie.ts';
import { createTokenSession } from './session/token-session.ts';

/** The BFF: an endpoint per route, and the two ways to ask who is there. */
export interface Bff {
  /** `POST /api/login` */
  login: Endpoint;
  /** `POST /api/register` */
  register: Endpoint;
  /** `POST /api/logout` */
  logout: Endpoint;
  /** `GET` and `POST /api/refresh` */
  refresh: Endpoint;
  /** `GET /api/session` */
  session: Endpoint;
  /** `GET /healthz`: whether the process runs. */
  liveness: Endpoint;
  /** `GET /readyz`: whether it should get requests. */
  readiness: Endpoint;
  /** Every other path below `/api/`. */
  notFound: Endpoint;
  /** Reads a `Cookie` header and verifies locally. Never writes; never rejects on bad input. */
  authenticate(cookieHeader: string | null): Promise<Authentication>;
  /** For those who may write cookies (route handlers, server actions): refreshes first where that is due. */
  authenticateAndRefresh: AuthenticateAndRefresh;
  /** Calls the API as the logged-in user, without giving the token out. Throws `TypeError` on a path not of the API. */
  fetchApi: FetchApi;
  /** `/api/proxy/*`: judges what is relayed to the API; a transport carries it out. */
  readonly relay: Relay;
  /** The subscriber of the API's feed of ended sessions: idempotent, never throws. */
  revocations: Pick<Revocations, 'start' | 'stop' | 'state'>;
  /** Decides whether a page may be shown. */
  guard(request: Request, context?: RequestContext): Promise<GuardDecision>;
  /** Every name that the session's cookies may have in the mode at hand. */
  readonly cookieNames: readonly string[];
  /**
   * Fetches the signing keys ahead of the first request, so that the API may be down at it. Gives whether tokens can be
   * verified now; asks again each time until they can, and never once they could. Never rejects.
   */
  warmUp(): Promise<boolean>;
}

const sealPurpose = 'footbridge/session-cookie/v1';
const rememberedSessions = 10_000;
const rememberedSuccessors = 10_000;

/** Makes a BFF. Throws `TypeError`, naming rule and remedy, when an option cannot work. */
export function createBff(options: BffOptions): Bff {
  const resolved = resolveOptions(options);
  const { keys, warmUp } = signingKeys(resolved);
  const revocations = createRevocations({
    openFeed: resolved.api.revocations,
    maxStalenessSeconds: resolved.revocationMaxStalenessSeconds,
    now: resolved.now,
    logger: resolved.logger,
    observe: resolved.observe,
  });
  const services = createServices(resolved, keys, revocations);
  const endpoint = (handlers: Parameters<typeof createEndpoint>[0]) => createEndpoint(handlers, services);
  const authenticateAndRefresh = createAuthenticateAndRefresh(services);
  return {
    login: endpoint(login(services)),
    register: endpoint(register(services)),
    logout: endpoint(logout(services)),
    refresh: endpoint(refresh(services)),
    session: endpoint(session(services)),
    liveness: endpoint(liveness()),
    readiness: endpoint(readiness({ isReady: resolved.isReady, warmUp })),
    notFound: createNotFound(services),
    authenticate: services.authenticate,
    authenticateAndRefresh,
    fetchApi: createFetchApi(services),
    relay: relayOf(resolved, { services, revocations, authenticateAndRefresh }),
    revocations,
    cookieNames: services.cookie.names,
    guard: createGuard(services),
    warmUp,
  };
}

function createServices(options: ResolvedOptions, keys: SigningKeys, revocations: Revocations): Services {
  const { publicOrigin, accessToken, now, digest, logger, observe, api } = options;
  const { issuer, audience } = accessToken;
  const { current, other } = sessionCookies(options);
  const cookie = afterOtherMode(current, other);
  const memory = createMemory<KnownSession>({ capacity: rememberedSessions, now });
  const judge = createJudge({ cookie, issuer, audience, keys, memory, revocations, digest, logger, now });
  const remoteVerify = createRemoteVerification({ api, logger });
  const verification = { issuer, audience, keys };
  const memoryMs = options.successorMemorySeconds * 1000;
  const successors = createSuccessors({ memoryMs, capacity: rememberedSuccessors, digest, now });
  const refreshing = createRefresh({
    api,
    cookie,
    verification,
    revocations,
    successors,
    digest,
    logger,
    observe,
    now,
  });
  return {
    ...options,
    publicPaths: publicPathsOf(options.publicPaths),
    cookie,
    refreshing,
    bounces: createBounces({ policy: bounceCookiePolicy({ publicOrigin }), digest, now }),
    verification,
    authenticate: createAuthenticate({ ...options, cookie, judge, revocations, remoteVerify }),
    findSession: createFindSession({ cookie, judge }),
    endSessions: createEndSessions({ api, cookies: [current, other], judge, refreshing, logger }),
  };
}

interface RelayParts {
  readonly services: Services;
  readonly revocations: Revocations;
  readonly authenticateAndRefresh: AuthenticateAndRefresh;
}

function relayOf(options: ResolvedOptions, parts: RelayParts): Relay {
  const { relay, now } = options;
  const { services, revocations, authenticateAndRefresh } = parts;
  const memory = createMemory<KnownBearer>({ capacity: rememberedSessions, now });
  const bearers = createBearers({ ...services, ...options, revocations, memory });
  return createRelay({
    ...services,
    rules: relay,
    revocations,
    findCaller: createFindCaller({ authenticateAndRefresh, bearers }),
    renew: createRenew({ ...services, digest: options.digest }),
  });
}

/** The mode decides here, once: everything else asks the cookies that it is given. */
function sessionCookies({ publicOrigin, cookies, sessionSecrets, now }: ResolvedOptions) {
  const sealed = createSealedCookie({
    policy: cookiePolicy({ publicOrigin }),
    seal: createSeal({ secrets: sessionSecrets, purpose: sealPurpose, now }),
    now,
  });
  const isShared = cookies.mode === 'shared-domain';
  const cookieDomain = isShared ? cookies.domain : new URL(publicOrigin).hostname; // left over: every domain is tried
  const tokens = createTokenSession({ publicOrigin, cookieDomain, now });
  const both: { current: SessionCookie; other: SessionCookie } = isShared
    ? { current: tokens, other: sealed }
    : { current: sealed, other: tokens };
  return both;
}

function signingKeys({ accessToken, fetch, now, logger, observe }: ResolvedOptions) {
  if (accessToken.keys.kind === 'secret') {
    return { keys: secretKey(accessToken.keys.secret), warmUp: () => Promise.resolve(true) };
  }
  const keys = remoteKeys({ url: accessToken.keys.url, fetch, now, logger, observe });
  return { keys, warmUp: () => keys.warmUp() };
}
