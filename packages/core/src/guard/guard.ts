/** Decides whether a page may be shown: denies by default, only reads (DESIGN section 8). */
import { errorAnswer, redirectAnswer, unavailablePage } from '../answers.ts';
import type { RequestContext } from '../endpoint.ts';
import { requestIdOf } from '../request-id.ts';
import { localPath } from '../return-to.ts';
import type { Services } from '../services.ts';
import { verifiedHeaders } from './request-headers.ts';
import { type RequestKind, requestKind } from './request-kind.ts';

/** The guard's word on one request. */
export type GuardDecision =
  /** The request goes on with these headers, in which only verified `x-footbridge-*` are left. */
  { kind: 'pass'; requestHeaders: Headers } | { kind: 'respond'; response: Response };

/** Judges one page request. Never rejects. */
export type Guard = (request: Request, context?: RequestContext) => Promise<GuardDecision>;

/** Makes the guard: public pages pass, others need a session that verifies. */
export function createGuard(services: Services): Guard {
  return async (request, context = {}) => {
    const url = new URL(request.url);
    const requestId = requestIdOf(request, services.newRequestId);
    const path = url.pathname + searchWithoutRouterMark(url.search);
    if (services.publicPaths(url.pathname)) return pass({ request, requestId, path });

    const authentication = await services.authenticate(request.headers.get('cookie'));
    if (authentication.kind === 'authenticated') return pass({ request, requestId, path, authentication });

    const visit = { kind: requestKind(request, context), path, requestId };
    if (authentication.kind !== 'unavailable') return respond(sendToLogin(visit, services.paths.login));
    services.logger.error('session_not_verifiable', { requestId, reason: 'the signing keys were never fetched' });
    return respond(unavailable(visit));
  };
}

interface Visit {
  readonly kind: RequestKind;
  readonly path: string;
  readonly requestId: string;
}

/** Only a page can be returned to: a form's address may know no GET, and its fields are gone. */
function sendToLogin({ kind, path, requestId }: Visit, loginPath: string): Response {
  if (kind === 'script') return errorAnswer({ code: 'unauthenticated' }, { requestId });
  if (kind === 'form') return redirectAnswer(303, loginPath, { requestId });
  const returnTo = localPath(path);
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
  return redirectAnswer(307, loginPath + query, { requestId });
}

function unavailable({ kind, requestId }: Visit): Response {
  return kind === 'script' ? errorAnswer({ code: 'api_unavailable' }, { requestId }) : unavailablePage({ requestId });
}

function pass(options: Parameters<typeof verifiedHeaders>[0]): GuardDecision {
  return { kind: 'pass', requestHeaders: verifiedHeaders(options) };
}

function respond(response: Response): GuardDecision {
  return { kind: 'respond', response };
}

/** Next's client router marks its fetches with `_rsc`, which has no business in an address that a person returns to. */
function searchWithoutRouterMark(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && pair !== '_rsc' && !pair.startsWith('_rsc='));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}
