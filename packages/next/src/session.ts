/** The data access layer's check: whoever reads private data asks here again, whatever the guard has said. */
import 'server-only';
import type { Authentication, FetchApiInit, FetchApiResult, VerifiedSession } from '@footbridge/core';
import { headers as own, isRequestId, type User } from '@footbridge/contracts';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Footbridge } from './footbridge.ts';
import { loginLocation, refreshLocation } from './locations.ts';
import { currentCookieHeader } from './request-cookies.ts';
import type { SessionSnapshot } from './client/session-state.ts';
import { sessionSnapshot } from './session-snapshot.ts';
import { SessionUnavailableError } from './session-unavailable.ts';

export { SessionUnavailableError };

/** Somebody who is logged in. */
export interface Session {
  readonly user: User;
  readonly session: VerifiedSession;
}

/** These verify at most once per render, and cannot write: a render has no way to set a cookie. */
export interface SessionReader {
  /** Who is there. Never throws, never redirects. */
  readonly getSession: () => Promise<Authentication>;
  /**
   * Who is logged in. An access token that is over is exchanged first, by way of `GET /api/refresh`; everybody else is
   * redirected to the login page, with the way back. For renders; an action has `requireSessionForAction()`.
   *
   * @throws {SessionUnavailableError} when nobody can tell: the signing keys were never fetched and the API is down.
   */
  readonly requireSession: () => Promise<Session>;
  /** What `SessionProvider` starts with, and what the page itself may show of the person. */
  readonly getSnapshot: () => Promise<SessionSnapshot>;
  /** Calls the API as the logged-in user. `path` starts with `/api/`; the token stays on this server. */
  readonly callApi: (path: string, init?: FetchApiInit) => Promise<FetchApiResult>;
}

/** Creates the readers for pages, layouts and server actions. */
export function createSessionReader(footbridge: Footbridge): SessionReader {
  const cookieHeader = () => currentCookieHeader(footbridge);
  const getSession = cache(async () => {
    const header = await cookieHeader(); // first: it ends a prerender before the options are read
    return footbridge.bff().authenticate(header);
  });

  const requireSession = async (): Promise<Session> => {
    const authentication = await getSession();
    if (authentication.kind === 'authenticated') return { user: authentication.user, session: authentication.session };
    if (authentication.kind === 'unavailable') throw new SessionUnavailableError();
    // The token may have run out since the guard looked, or none did: the endpoint judges again, and may write.
    if (authentication.kind === 'expired' && footbridge.canRefresh()) return redirect(await refreshLocation());
    const reason = authentication.kind === 'anonymous' ? authentication.reason : 'session_over';
    return redirect(await loginLocation(footbridge.loginPath(), reason));
  };

  return {
    getSession,
    requireSession,
    getSnapshot: async () => sessionSnapshot(await getSession(), { canRefresh: footbridge.canRefresh() }),
    callApi: async (path, init) => {
      const header = await cookieHeader();
      const requestId = (await headers()).get(own.requestId);
      return footbridge.bff().fetchApi(header, path, { ...(isRequestId(requestId) && { requestId }), ...init });
    },
  };
}
