/** Refreshes on the spot, for a route handler or a server action, which may write cookies (DESIGN section 8, step 3). */
import type { EndUser } from '../api/auth-api.ts';
import { type SetCookie, storeCookies } from '../cookies/header.ts';
import type { RequestContext } from '../endpoint.ts';
import type { Services } from '../services.ts';
import type { Authentication } from '../session/authentication.ts';
import { refreshAny } from './refresh.ts';

/** Who is asking, after a refresh where one was due. */
export interface RefreshedAuthentication {
  readonly authentication: Authentication;
  /** To be set on the answer, all of them; empty when nothing changed. */
  readonly cookies: readonly SetCookie[];
  /** The request's `Cookie` header as it will be once the browser has stored them. */
  readonly cookieHeader: string | null;
}

/** On whose behalf a refresh is made. */
export interface RefreshFrom extends RequestContext {
  requestId?: string | undefined;
  userAgent?: string | undefined;
}

/** Never rejects. */
export type AuthenticateAndRefresh = (
  cookieHeader: string | null,
  from?: RefreshFrom,
) => Promise<RefreshedAuthentication>;

/** What `createAuthenticateAndRefresh()` takes. */
export type InlineOptions = Pick<
  Services,
  'api' | 'authenticate' | 'cookie' | 'findSession' | 'newRequestId' | 'refreshing'
>;

/** Makes the inline refresh. What is still valid outlives an outage; what is not is `unavailable`, never logged out. */
export function createAuthenticateAndRefresh(services: InlineOptions): AuthenticateAndRefresh {
  const { authenticate, cookie, findSession, refreshing } = services;
  return async (cookieHeader, from = {}) => {
    const authentication = await authenticate(cookieHeader);
    const unchanged = { authentication, cookies: [], cookieHeader };
    if (services.api.refresh === undefined || !isRefreshWanted(authentication, refreshing.isPaused())) return unchanged;

    const { session, others = [] } = await findSession(cookieHeader);
    if (session === undefined) return unchanged;
    const outcome = await refreshAny([session, ...others], { refreshing, from: endUserOf(from, services) });
    if (outcome.kind === 'unavailable') {
      const isStillValid = authentication.kind === 'authenticated';
      return isStillValid ? unchanged : { ...unchanged, authentication: { kind: 'unavailable' } };
    }
    if (outcome.kind === 'ended') {
      const reason = outcome.code === 'session_expired' ? 'session_over' : 'session_revoked';
      const cookies = outcome.isToldAlready ? [] : cookie.clear(cookieHeader);
      return {
        authentication: { kind: 'anonymous', reason },
        cookies,
        cookieHeader: storeCookies(cookieHeader, cookies),
      };
    }
    const cookies = await cookie.write(outcome.session.content, cookieHeader);
    const stored = storeCookies(cookieHeader, cookies);
    return { authentication: await authenticate(stored), cookies, cookieHeader: stored };
  };
}

function isRefreshWanted(authentication: Authentication, isPaused: boolean): boolean {
  if (authentication.kind === 'authenticated') return authentication.session.refreshDue && !isPaused;
  return isRefreshable(authentication);
}

/**
 * Whether a session without a valid access token may get a new one. A token that our keys no longer verify counts: our
 * seal vouches for it, so its signing key was retired while the person was away. Where nothing is sealed, the API judges.
 */
export function isRefreshable(authentication: Authentication): boolean {
  const isInvalid = authentication.kind === 'anonymous' && authentication.reason === 'invalid_token';
  return authentication.kind === 'expired' || isInvalid;
}

function endUserOf({ requestId, clientAddress, userAgent }: RefreshFrom, { newRequestId }: InlineOptions): EndUser {
  return {
    requestId: requestId ?? newRequestId(),
    ...(clientAddress !== undefined && { address: clientAddress }),
    ...(userAgent !== undefined && { userAgent }),
  };
}
