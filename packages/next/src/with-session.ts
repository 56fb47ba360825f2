/** Route handlers for the logged-in: origin, then session, then the handler (DESIGN sections 8 and 10). */
import { type Authentication, judgeOrigin } from '@footbridge/core';
import { type ErrorBody, type ErrorCode, errorTable, headers as own, isRequestId } from '@footbridge/contracts';
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
      return unstored(refusal);
    }

    const authentication = await authenticate();
    const response =
      authentication.kind === 'authenticated'
        ? await handler({ user: authentication.user, session: authentication.session }, request, context)
        : refused(authentication.kind === 'anonymous' ? 'unauthenticated' : 'api_unavailable', request);
    return unstored(response);
  };
}

/** A copy, for the headers of some responses cannot be changed. */
function unstored({ body, status, statusText, headers }: Response): Response {
  const answer = new Response(body, { status, statusText, headers });
  answer.headers.set('cache-control', 'private, no-store');
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
