/** The data access layer's check: whoever reads private data asks here again, whatever the guard has said. */
import 'server-only';
import { type Authentication, localPath, type VerifiedSession } from '@footbridge/core';
import type { User } from '@footbridge/contracts';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { Footbridge } from './footbridge.ts';
import { SessionUnavailableError } from './session-unavailable.ts';

export { SessionUnavailableError };

/** Somebody who is logged in. */
export interface Session {
  readonly user: User;
  readonly session: VerifiedSession;
}

/** Both functions verify at most once per render, and cannot write: a render has no way to set a cookie. */
export interface SessionReader {
  /** Who is there. Never throws, never redirects. */
  readonly getSession: () => Promise<Authentication>;
  /**
   * Who is logged in. Everybody else is redirected to the login page, with the way back.
   *
   * @throws {SessionUnavailableError} when nobody can tell: the signing keys were never fetched and the API is down.
   */
  readonly requireSession: () => Promise<Session>;
}

/** Creates the readers for pages, layouts and server actions. */
export function createSessionReader(footbridge: Footbridge): SessionReader {
  const getSession = cache(async () => {
    const cookieHeader = (await headers()).get('cookie'); // first: it ends a prerender before the options are read
    return footbridge.bff().authenticate(cookieHeader);
  });

  const requireSession = async (): Promise<Session> => {
    const authentication = await getSession();
    if (authentication.kind === 'unavailable') throw new SessionUnavailableError();
    if (authentication.kind !== 'authenticated') return redirect(await loginLocation(footbridge.loginPath()));
    return { user: authentication.user, session: authentication.session };
  };

  return { getSession, requireSession };
}

/** The guard leaves the path in a header; where it did not run, whatever stands there is a client's own word. */
async function loginLocation(loginPath: string): Promise<string> {
  const returnTo = localPath((await headers()).get('x-footbridge-path') ?? undefined);
  return returnTo === undefined ? loginPath : `${loginPath}?returnTo=${encodeURIComponent(returnTo)}`;
}
