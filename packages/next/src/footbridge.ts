/** The handle that proxy, route handlers and pages share: one BFF per process, made at its first use. */
import {
  type Bff,
  type BffOptions,
  clientAddress,
  createBff,
  type Logger,
  type Observation,
  type RequestContext,
} from '@footbridge/core';
import { type Connection, currentConnection } from './connection.ts';
import { nodeDigest } from './digest.ts';
import { processWide } from './process-wide.ts';

/** The BFF's options, and what Next.js needs beyond them. */
export interface FootbridgeOptions extends BffOptions {
  /**
   * How many proxies in front of this app may be believed, counted from the right of `X-Forwarded-For`.
   * With 0 the client is the socket's peer, which only a custom server knows; without one the address stays unknown.
   */
  trustProxyHops: number;
}

/** Passed to `createProxy`, `routeHandlers`, `createSessionReader` and `createActionSession`. */
export interface Footbridge {
  bff(): Bff;
  /** The frontend's origin as browsers see it. */
  publicOrigin(): string;
  /** Where the BFF's events go; absent where nobody listens. */
  logger(): Logger | undefined;
  /** Where what is measured goes. */
  observe(observation: Observation): void;
  /** Where `requireSession()` sends those without a session. */
  loginPath(): string;
  /** Every name that the session's cookies may have. */
  cookieNames(): readonly string[];
  /** Whether the API exchanges an access token that is over. */
  canRefresh(): boolean;
  /** What is known about a request beyond the request itself; of the connection at hand, unless another is given. */
  contextOf(request: Headed, connection?: Connection): RequestContext;
}

/** A request, or what `headers()` of `next/headers` says of one. */
export interface Headed {
  readonly headers: Pick<Headers, 'get'>;
}

interface Instance {
  readonly bff: Bff;
  readonly options: FootbridgeOptions;
}

/**
 * Creates the handle. `read` runs once per process, at the first request: `next build` needs no secrets, and every
 * bundle of the process shares one key set. Changed options take a restart; `name` tells several BFFs of one process apart.
 */
export function createFootbridge(read: () => FootbridgeOptions, name = 'default'): Footbridge {
  const instance = (): Instance =>
    processWide(`instance.${name}`, () => {
      const options = read();
      const digest = nodeDigest();
      return { bff: createBff({ ...(digest && { digest }), ...options }), options };
    });
  return {
    bff: () => instance().bff,
    publicOrigin: () => instance().options.publicOrigin,
    logger: () => instance().options.logger,
    observe: (observation) => instance().options.observe?.(observation),
    loginPath: () => instance().options.loginPath ?? '/login',
    cookieNames: () => instance().bff.cookieNames,
    canRefresh: () => instance().options.api.refresh !== undefined,
    contextOf: (request, connection = currentConnection()) =>
      contextOf(request, { connection, trustedHops: instance().options.trustProxyHops }),
  };
}

/** Subscribes to the API's feed of ended sessions: call it from `instrumentation.ts`. Returns at once, never throws. */
export function startRevocations(footbridge: Footbridge): void {
  footbridge.bff().revocations.start();
}

interface Surroundings {
  readonly connection: Connection | undefined;
  readonly trustedHops: number;
}

function contextOf(request: Headed, { connection, trustedHops }: Surroundings): RequestContext {
  const address = clientAddress({
    forwardedFor: request.headers.get('x-forwarded-for'),
    trustedHops,
    ...(connection ? { peer: connection.peer } : {}),
  });
  const context: RequestContext = {};
  if (address !== undefined) context.clientAddress = address;
  if (connection !== undefined) context.isRscNavigation = connection.rsc;
  if (connection?.prefetch !== undefined) context.isPrefetch = connection.prefetch;
  return context;
}
