/** Route handlers for the logged-in: origin, then session, then the handler (DESIGN sections 8 and 10). */
import { type Authentication, describeException, judgeOrigin, securityHeaders } from '@footbridge/core';
import { type ErrorBody, type ErrorCode, errorTable, headers as own, isRequestId } from '@footbridge/contracts';
import { unstable_rethrow as rethrowOfNext } from 'next/navigation';
import type { Footbridge } from './footbridge.ts';
import type { Session } from './session.ts';

/** A handler of requests whose person is known. `context` is Next.js's own second argument. */
export type SessionHandler<Context> = (
  session: Session,
  request: Request,
  context: Context,
) => Response | Promise<Response>;

/** Turns such a handler into an export of a `route.ts`. */
export type WithSession = <Context>(
  handler: SessionHandler<Context>,
) => (request: Request, context: Context) => Promise<Response>;

const retryAfterSeconds = 5;

/** Creates `withSession()`. */
export function createWithSession(footbridge: Footbridge, authenticate: () => Promise<Authentication>): WithSession {
  return (handler) => async (request, context) => {
    const origin = judgeOrigin(request, { origins: [footbridge.publicOrigin()] });
    if (origin.kind === 'foreign') {
      const refusal = refused('cross_site_request', request);
      footbridge.logger()?.warn('cross_site_request', {
        requestId: refusal.headers.get(own.requestId),
        reason: origin.reason,
      });
      footbridge.observe({ kind: 'cross_site', reason: origin.reason });
      return secured(refusal, footbridge);
    }

    const authentication = await authenticate();
    const response =
      authentication.kind === 'authenticated'
        ? await answered(() => handler(sessionOf(authentication), request, context), request, footbridge)
        : refused(authentication.kind === 'anonymous' ? 'unauthenticated' : 'api_unavailable', request);
    return secured(response, footbridge);
  };
}

type Authenticated = Extract<Authentication, { kind: 'authenticated' }>;

function sessionOf({ user, session }: Authenticated): Session {
  return { user, session };
}

/** What a handler throws is a constant 500, unless it is how Next.js redirects. */
async function answered(
  handle: () => Response | Promise<Response>,
  request: Request,
  footbridge: Footbridge,
): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    rethrowOfNext(error);
    const refusal = refused('internal_error', request);
    const requestId = refusal.headers.get(own.requestId);
    footbridge.logger()?.error('internal_error', { requestId, ...describeException(error) });
    return refusal;
  }
}

/** A copy, for the headers of some responses cannot be changed. */
function secured({ body, status, statusText, headers }: Response, footbridge: Footbridge): Response {
  const answer = new Response(body, { status, statusText, headers });
  answer.headers.set('cache-control', 'private, no-store');
  for (const [name, value] of securityHeaders(footbridge.publicOrigin())) answer.headers.set(name, value);
  return answer;
}

function refused(code: ErrorCode, request: Request): Response {
  const given = request.headers.get(own.requestId);
  const requestId = isRequestId(given) ? given : crypto.randomUUID();
  const { status, message } = errorTable[code];
  const body: ErrorBody = { success: false, code, message, requestId };
  const retry = status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {};
  return Response.json(body, { status, headers: { [own.requestId]: requestId, ...retry } });
}
