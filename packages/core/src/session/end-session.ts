/** Ends sessions at the API, as well as that can be done while somebody waits (RFC 7009). */
import type { ApiResult, AuthApi, EndUser } from '../api/auth-api.ts';
import { describeException, type Logger } from '../logger.ts';
import type { Refresh } from '../refresh/refresh.ts';
import type { Authentication, Judge } from './authentication.ts';
import { sealedSession } from './session-content.ts';
import type { SessionCookie } from './session-cookie.ts';

/** How long a person waits for a revocation that they need not wait for. */
const longestWaitMs = 3_000;

/** What `createEndSessions()` takes. */
export interface EndSessionsOptions {
  readonly api: AuthApi;
  /** Of the mode at hand, and of the other one, in which the person may have logged in before the flag was switched. */
  readonly cookies: readonly SessionCookie[];
  readonly judge: Judge;
  readonly refreshing: Pick<Refresh, 'end'>;
  readonly logger: Logger;
}

/** What `EndSessions` takes. */
export interface EndedSessions {
  readonly cookieHeader: string | null;
  readonly from: EndUser;
  /** The id of a session that lives on: an API may log a person in to the session they have. */
  readonly except?: string | undefined;
}

/** Ends every session that the cookies open, best effort: never rejects, takes three seconds at most. */
export type EndSessions = (sessions: EndedSessions) => Promise<void>;

/** Makes the one way in which logout and a new login end what was before. */
export function createEndSessions({ api, cookies, judge, refreshing, logger }: EndSessionsOptions): EndSessions {
  async function end(candidate: string, cookie: SessionCookie, { from, except }: EndedSessions): Promise<void> {
    const opened = await cookie.open(candidate);
    if (opened.kind !== 'opened') return;
    const session = sealedSession(opened.content);
    if (session?.id === except && except !== undefined) return;
    const isTheirs = opened.isVouched || isGenuine(await judge(candidate));
    // Before the API is asked: a refresh under way must not bring it back. Not on hearsay: the id may be anybody's.
    if (session && isTheirs) refreshing.end(session.id);
    if (api.logout === undefined) return;
    const result = await withinTime(api.logout(opened.content, from));
    if (result.kind === 'ok') return;
    // The cookie is gone all the same; the refresh token lives on at the API until it expires.
    const reason = result.kind === 'refused' ? result.code : result.reason;
    logger.warn('session_not_revoked', { requestId: from.requestId, userId: opened.content.user.id, reason });
  }

  return async (sessions) => {
    const { cookieHeader, from } = sessions;
    const ends = await Promise.allSettled(
      cookies.flatMap((cookie) => cookie.candidates(cookieHeader).map((candidate) => end(candidate, cookie, sessions))),
    );
    for (const ended of ends) {
      if (ended.status === 'fulfilled') continue;
      logger.error('session_not_revoked', { requestId: from.requestId, ...describeException(ended.reason) });
    }
  };
}

function isGenuine({ kind }: Authentication): boolean {
  return kind === 'authenticated' || kind === 'expired';
}

async function withinTime(call: Promise<ApiResult<void>>): Promise<ApiResult<void>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ApiResult<void>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unavailable', reason: 'no answer in time' }), longestWaitMs);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
