/** Puts the BFF together. Pure wiring: nothing is read, fetched or derived before the first request. */
import { secretKey, type SigningKeys } from './access-token/keys.ts';
import { createMemory } from './access-token/memory.ts';
import { remoteKeys } from './access-token/remote-keys.ts';
import { cookiePolicy } from './cookies/policy.ts';
import { createEndpoint, createNotFound, type Endpoint, type RequestContext } from './endpoint.ts';
import { login } from './endpoints/login.ts';
import { logout } from './endpoints/logout.ts';
import { register } from './endpoints/register.ts';
import { session } from './endpoints/session.ts';
import { createGuard, type GuardDecision } from './guard/guard.ts';
import { publicPathsOf } from './guard/public-paths.ts';
import { type BffOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { createSeal } from './seal.ts';
import type { Services } from './services.ts';
import { type Authentication, createAuthenticate, type KnownSession } from './session/authentication.ts';
import { createEndSessions } from './session/end-session.ts';
import { createSessionCookie } from './session/session-cookie.ts';

/** The BFF: an endpoint per route, and the two ways to ask who is there. */
export interface Bff {
  /** `POST /api/login` */
  login: Endpoint;
  /** `POST /api/register` */
  register: Endpoint;
  /** `POST /api/logout` */
  logout: Endpoint;
  /** `GET /api/session` */
  session: Endpoint;
  /** Every other path below `/api/`. */
  notFound: Endpoint;
  /** Reads a `Cookie` header and verifies locally. Never writes; never rejects on bad input. */
  authenticate(cookieHeader: string | null): Promise<Authentication>;
  /** Decides whether a page may be shown. */
  guard(request: Request, context?: RequestContext): Promise<GuardDecision>;
  /** Fetches the signing keys ahead of the first request, so that the API may be down at it. Never rejects. */
  warmUp(): Promise<void>;
}

const sealPurpose = 'footbridge/session-cookie/v1';
const rememberedSessions = 10_000;

/** Makes a BFF. Throws `TypeError`, naming rule and remedy, when an option cannot work. */
export function createBff(options: BffOptions): Bff {
  const resolved = resolveOptions(options);
  const { keys, warmUp } = signingKeys(resolved);
  const services = createServices(resolved, keys);
  const endpoint = (handlers: Parameters<typeof createEndpoint>[0]) => createEndpoint(handlers, services);
  return {
    login: endpoint(login(services)),
    register: endpoint(register(services)),
    logout: endpoint(logout(services)),
    session: endpoint(session(services)),
    notFound: createNotFound(services),
    authenticate: services.authenticate,
    guard: createGuard(services),
    warmUp,
  };
}

function createServices(options: ResolvedOptions, keys: SigningKeys): Services {
  const { publicOrigin, sessionSecrets, accessToken, now, logger, api } = options;
  const { issuer, audience } = accessToken;
  const cookie = createSessionCookie({
    policy: cookiePolicy({ publicOrigin, mode: 'proxy' }),
    seal: createSeal({ secrets: sessionSecrets, purpose: sealPurpose, now }),
    now,
  });
  const memory = createMemory<KnownSession>({ capacity: rememberedSessions, now });
  return {
    ...options,
    publicPaths: publicPathsOf(options.publicPaths),
    cookie,
    verification: { issuer, audience, keys },
    authenticate: createAuthenticate({ cookie, issuer, audience, keys, memory, logger, now }),
    endSessions: createEndSessions({ api, cookie, logger }),
  };
}

function signingKeys({ accessToken, fetch, now, logger }: ResolvedOptions) {
  if (accessToken.keys.kind === 'secret') {
    return { keys: secretKey(accessToken.keys.secret), warmUp: () => Promise.resolve() };
  }
  const keys = remoteKeys({ url: accessToken.keys.url, fetch, now, logger });
  return { keys, warmUp: () => keys.warmUp() };
}
