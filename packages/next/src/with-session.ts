/** Route handlers for the logged-in: origin, then session, then the handler (DESIGN sections 8 and 10). */
import type { Authentication } from '@footbridge/core';
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

/** The request headers that tell where a request comes from, and what it is called in the log. */
const evidence = ['sec-fetch-site', 'origin', own.csrf, own.requestId] as const;
const retryAfterSeconds = 5;

/** Creates `withSession()`. */
export function createWithSession(footbridge: Footbridge, authenticate: () => Promise<Authentication>): WithSession {
  return (handler) => async (request, context) => {
    const refusal = await refusalOfOthers(footbridge, request);
    if (refusal) return refusal;

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

/**
 * The cross-site rule stands in one place, around core's endpoints. So one of them is asked, with the evidence alone:
 * nobody's session is reported, nobody's credentials are refused.
 */
async function refusalOfOthers(footbridge: Footbridge, request: Request): Promise<Response | undefined> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const headers = new Headers();
  for (const name of evidence) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const probe = new Request(request.url, { method: isRead ? 'GET' : 'POST', headers });
  const answer = await footbridge.bff()[isRead ? 'session' : 'login'].handle(probe);
  return answer.status === errorTable.cross_site_request.status ? answer : undefined;
}

function refused(code: ErrorCode, request: Request): Response {
  const given = request.headers.get(own.requestId);
  const requestId = isRequestId(given) ? given : crypto.randomUUID();
  const { status, message } = errorTable[code];
  const body: ErrorBody = { success: false, code, message, requestId };
  const retry = status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {};
  return Response.json(body, { status, headers: { [own.requestId]: requestId, ...retry } });
}
