/** Decides whether a page may be shown: denies by default, only reads (DESIGN section 8). */
import { emptyAnswer, errorAnswer, redirectAnswer, waitingPage } from '../answers.ts';
import type { RequestContext } from '../endpoint.ts';
import { isRefreshable } from '../refresh/inline.ts';
import type { GuardVerdict } from '../observer.ts';
import { requestIdOf } from '../request-id.ts';
import { localPath, loginLocation, type LoginReason } from '../return-to.ts';
import { secured } from '../security-headers.ts';
import type { Services } from '../services.ts';
import type { Authentication } from '../session/authentication.ts';
import { verifiedHeaders } from './request-headers.ts';
import { isPrefetch, type RequestKind, requestKind } from './request-kind.ts';

/** The guard's word on one request. */
export type GuardDecision =
  /** The request goes on with these headers, in which only verified `x-footbridge-*` are left. */
  { kind: 'pass'; requestHeaders: Headers } | { kind: 'respond'; response: Response };

const refreshPath = '/api/refresh';

/** Judges one page request. Never rejects. */
export type Guard = (request: Request, context?: RequestContext) => Promise<GuardDecision>;

/** Makes the guard: public pages pass, others need a session that verifies, or one that can be renewed. */
export function createGuard(services: Services): Guard {
  return async (request, context = {}) => {
    const url = new URL(request.url);
    const requestId = requestIdOf(request, services.newRequestId);
    const path = url.pathname + searchWithoutRouterMark(url.search);
    const pass = (verdict: GuardVerdict, authentication?: Verified): GuardDecision => {
      services.observe({ kind: 'guard', verdict, requestId });
      const verified = authentication && { authentication };
      return { kind: 'pass', requestHeaders: verifiedHeaders({ request, requestId, path, ...verified }) };
    };
    const respond = ([verdict, response]: Refusal): GuardDecision => {
      services.observe({ kind: 'guard', verdict, requestId });
      return { kind: 'respond', response: secured(response, services.publicOrigin) };
    };
    if (services.publicPaths(url.pathname)) return pass('public');

    const cookieHeader = request.headers.get('cookie');
    const authentication = await services.authenticate(cookieHeader);
    const isPrefetched = isPrefetch(request, context);
    const visit = { kind: requestKind(request, context), path, requestId, isPrefetched, cookieHeader };
    switch (authentication.kind) {
      case 'authenticated':
        return mayRenew(authentication, visit, services)
          ? respond(sendToRefresh(visit))
          : pass('passed', authentication);
      case 'unavailable':
        services.logger.error('session_not_verifiable', { requestId, reason: 'the API does not answer' });
        return respond(unavailable(visit));
      case 'expired':
      case 'anonymous': {
        const canRefresh = services.api.refresh !== undefined && isRefreshable(authentication);
        if (!canRefresh) return respond(sendToLogin(visit, authentication, services.paths.login));
        // A write goes on, without our word on whose it is: what it reaches may write cookies, and renews by itself.
        return isRead(request) ? respond(renewed(visit)) : pass('unverified');
      }
    }
  };
}

interface Visit {
  readonly kind: RequestKind;
  readonly path: string;
  readonly requestId: string;
  readonly isPrefetched: boolean;
  readonly cookieHeader: string | null;
}

/** An answer of the guard's own, and what it is called. */
type Refusal = readonly [verdict: GuardVerdict, response: Response];

type Verified = Extract<Authentication, { kind: 'authenticated' }>;

/**
 * A token about to expire is renewed before the page needs it. As long as it is valid that can wait: for a real visit,
 * for an API that failed a moment ago, and for a browser that just came from there, which would go in circles.
 */
function mayRenew({ session }: Verified, visit: Visit, { api, refreshing, bounces }: Services): boolean {
  const isVisit = visit.kind === 'page' && !visit.isPrefetched;
  const canRefresh = api.refresh !== undefined && !refreshing.isPaused() && !bounces.isRecent(visit.cookieHeader);
  return session.refreshDue && isVisit && canRefresh;
}

/** A page goes round by the refresh endpoint, which may write cookies. A script renews by itself and asks again. */
function renewed(visit: Visit): Refusal {
  const { kind, requestId, isPrefetched } = visit;
  if (isPrefetched) return ['unauthenticated', emptyAnswer(401, { requestId })];
  return kind === 'page' ? sendToRefresh(visit) : unauthenticated(visit);
}

function unauthenticated({ requestId }: Visit): Refusal {
  return ['unauthenticated', errorAnswer({ code: 'unauthenticated' }, { requestId })];
}

function sendToRefresh({ path, requestId }: Visit): Refusal {
  const returnTo = localPath(path);
  const query = returnTo === undefined ? '' : `?${new URLSearchParams({ returnTo })}`;
  return ['sent_to_refresh', redirectAnswer(307, refreshPath + query, { requestId })];
}

/** Only a page can be returned to: a form's address may know no GET, and its fields are gone. */
function sendToLogin(visit: Visit, authentication: Authentication, loginPath: string): Refusal {
  const { kind, path, requestId } = visit;
  if (kind === 'script') return unauthenticated(visit);
  const reason = reasonOf(authentication);
  const returnTo = kind === 'page' ? localPath(path) : undefined;
  const status = kind === 'page' ? 307 : 303;
  return ['sent_to_login', redirectAnswer(status, loginLocation(loginPath, { reason, returnTo }), { requestId })];
}

function reasonOf(authentication: Authentication): LoginReason | undefined {
  if (authentication.kind !== 'anonymous') return undefined;
  if (authentication.reason === 'session_over') return 'session_expired';
  return authentication.reason === 'session_revoked' ? 'session_ended' : undefined;
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function unavailable({ kind, requestId }: Visit): Refusal {
  const isScript = kind === 'script';
  const refusal = { code: 'api_unavailable' } as const;
  return ['unavailable', isScript ? errorAnswer(refusal, { requestId }) : waitingPage({}, { requestId })];
}

/** Next's client router marks its fetches with `_rsc`, which has no business in an address that a person returns to. */
function searchWithoutRouterMark(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && pair !== '_rsc' && !pair.startsWith('_rsc='));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}
