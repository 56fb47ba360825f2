/** One endpoint of the BFF: method, cross-site check, handler, and the one place where an exception ends. */
import type { EndUser } from './api/auth-api.ts';
import { errorAnswer } from './answers.ts';
import { judgeOrigin } from './csrf.ts';
import { describeException, type Logger } from './logger.ts';
import type { Observe } from './observer.ts';
import { requestIdOf } from './request-id.ts';
import { secured } from './security-headers.ts';

/** What the host knows about a request beyond the request itself. */
export interface RequestContext {
  /** The end user's IP address, already judged: see `clientAddress()`. */
  clientAddress?: string | undefined;
  /** Known to be (`true`) or not to be (`false`) a React Server Components fetch; absent when unknown. */
  isRscNavigation?: boolean | undefined;
  /** Known to be a prefetch, which never refreshes; the usual headers are looked at anyway. */
  isPrefetch?: boolean | undefined;
}

/** Answers one route. Never rejects; a wrong method gets 405 with `Allow`. */
export interface Endpoint {
  handle(request: Request, context?: RequestContext): Promise<Response>;
}

/** A request that was let through, with what every handler needs of it. */
export interface Exchange {
  readonly request: Request;
  readonly requestId: string;
  readonly cookieHeader: string | null;
  readonly endUser: EndUser;
}

/** Answers a request that was let through. May reject: the endpoint makes that a constant 500. */
export type Handler = (exchange: Exchange) => Promise<Response>;

/** The handlers of one route by method. HEAD is answered by GET, without the body. */
export interface Handlers {
  readonly GET?: Handler;
  readonly POST?: Handler;
  /** GET may come from anywhere, as a page's may: there must be nothing in it that another site could gain by. */
  readonly isNavigationTarget?: true;
}

/** What every endpoint needs, whatever it does. */
export interface EndpointRules {
  readonly publicOrigin: string;
  readonly logger: Logger;
  readonly observe: Observe;
  readonly newRequestId: () => string;
}

/** Makes an endpoint of its handlers: 405 for other methods, 403 for other sites, 500 for exceptions. */
export function createEndpoint(handlers: Handlers, rules: EndpointRules): Endpoint {
  return {
    async handle(request, context = {}) {
      const requestId = requestIdOf(request, rules.newRequestId);
      try {
        const response = await route(request, handlers, { ...rules, requestId, context });
        return secured(request.method === 'HEAD' ? withoutBody(response) : response, rules.publicOrigin);
      } catch (error) {
        rules.logger.error('internal_error', { requestId, ...describeException(error) });
        return secured(errorAnswer({ code: 'internal_error' }, { requestId }), rules.publicOrigin);
      }
    },
  };
}

/** Answers 404 to every method. */
export function createNotFound(rules: EndpointRules): Endpoint {
  return {
    async handle(request) {
      const answer = errorAnswer({ code: 'not_found' }, { requestId: requestIdOf(request, rules.newRequestId) });
      return secured(answer, rules.publicOrigin);
    },
  };
}

interface Routing extends EndpointRules {
  readonly requestId: string;
  readonly context: RequestContext;
}

async function route(request: Request, handlers: Handlers, routing: Routing): Promise<Response> {
  const { requestId, logger, observe } = routing;
  const handler = handlerOf(request.method, handlers);
  if (handler === undefined) {
    return errorAnswer({ code: 'method_not_allowed' }, { requestId, headers: { allow: allowed(handlers) } });
  }
  const isExempt = handlers.isNavigationTarget === true && handler === handlers.GET;
  const origin = isExempt ? undefined : judgeOrigin(request, { origins: [routing.publicOrigin] });
  if (origin?.kind === 'foreign') {
    logger.warn('cross_site_request', { requestId, reason: origin.reason });
    observe({ kind: 'cross_site', reason: origin.reason });
    return errorAnswer({ code: 'cross_site_request' }, { requestId });
  }
  return handler({
    request,
    requestId,
    cookieHeader: request.headers.get('cookie'),
    endUser: endUserOf(request, routing),
  });
}

function handlerOf(method: string, handlers: Handlers): Handler | undefined {
  if (method === 'POST') return handlers.POST;
  return method === 'GET' || method === 'HEAD' ? handlers.GET : undefined;
}

function allowed(handlers: Handlers): string {
  return [...(handlers.GET ? ['GET', 'HEAD'] : []), ...(handlers.POST ? ['POST'] : [])].join(', ');
}

/** What the API may know of the person. A browser's own `X-Forwarded-For` is hearsay and stops here. */
function endUserOf(request: Request, { requestId, context }: Routing): EndUser {
  const userAgent = request.headers.get('user-agent');
  return {
    requestId,
    ...(context.clientAddress !== undefined && { address: context.clientAddress }),
    ...(userAgent !== null && { userAgent }),
  };
}

function withoutBody({ status, headers }: Response): Response {
  return new Response(null, { status, headers });
}
