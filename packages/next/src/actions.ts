/** For code that may write cookies, server actions and route handlers: exchanges an access token that is over. */
import 'server-only';
import type { Authentication, RefreshFrom, SetCookie } from '@footbridge/core';
import { headers as own, isRequestId } from '@footbridge/contracts';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { Footbridge } from './footbridge.ts';
import { loginLocation } from './locations.ts';
import { currentCookieHeader } from './request-cookies.ts';
import type { Session } from './session.ts';
import { SessionUnavailableError } from './session-unavailable.ts';
import { createWithSession, type WithSession } from './with-session.ts';

export { SessionUnavailableError };
export type { SessionHandler, WithSession } from './with-session.ts';

/** The checks of those who may write. */
export interface ActionSession {
  /**
   * Who is logged in, for a server action. Everybody else is redirected to the login page, with the way back. In a
   * render it throws as soon as there is a cookie to write; there it is `requireSession()` that is right.
   *
   * @throws {SessionUnavailableError} when nobody can tell.
   */
  readonly requireSessionForAction: () => Promise<Session>;
  /** Makes a route handler for the logged-in: 403 to other sites, 401 to everybody else, 503 when nobody can tell. */
  readonly withSession: WithSession;
}

/** Creates the checks for server actions and route handlers. */
export function createActionSession(footbridge: Footbridge): ActionSession {
  const authenticate = async (): Promise<Authentication> => {
    const cookieHeader = await currentCookieHeader(footbridge);
    const from = fromOf(footbridge, await headers());
    const refreshed = await footbridge.bff().authenticateAndRefresh(cookieHeader, from);
    await write(refreshed.cookies);
    return refreshed.authentication;
  };

  const requireSessionForAction = async (): Promise<Session> => {
    const authentication = await authenticate();
    if (authentication.kind === 'authenticated') return { user: authentication.user, session: authentication.session };
    if (authentication.kind === 'unavailable') throw new SessionUnavailableError();
    const reason = authentication.kind === 'anonymous' ? authentication.reason : 'session_over';
    return redirect(await loginLocation(footbridge.loginPath(), reason));
  };

  return { requireSessionForAction, withSession: createWithSession(footbridge, authenticate) };
}

/** What the API may know of the person, and the id that joins the log lines of both apps. */
function fromOf(footbridge: Footbridge, sent: Pick<Headers, 'get'>): RefreshFrom {
  const requestId = sent.get(own.requestId);
  const userAgent = sent.get('user-agent');
  return {
    ...footbridge.contextOf({ headers: sent }),
    ...(isRequestId(requestId) && { requestId }),
    ...(userAgent !== null && { userAgent }),
  };
}

/** Next.js keeps one line per name: of a twin's removal and the cookie itself, which come in this order, the latter. */
async function write(written: readonly SetCookie[]): Promise<void> {
  const store = await cookies();
  for (const cookie of written) store.set(cookie);
}
