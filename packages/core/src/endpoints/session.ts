/** `GET /api/session`: reports who is logged in; never slides a session, never sets a cookie (DESIGN section 6). */
import type { SessionReport } from '@footbridge/contracts';
import { errorAnswer, jsonAnswer } from '../answers.ts';
import type { Handlers } from '../endpoint.ts';
import type { Services } from '../services.ts';
import type { Authentication } from '../session/authentication.ts';

/** Answers 200 to everybody, 503 when nobody can be judged. */
export function session(services: Services): Handlers {
  return {
    async GET({ requestId, cookieHeader }) {
      const authentication = await services.authenticate(cookieHeader);
      if (authentication.kind !== 'unavailable') {
        return jsonAnswer(200, report(authentication, services), { requestId });
      }
      services.logger.error('session_not_verifiable', { requestId, reason: 'the API does not answer' });
      return errorAnswer({ code: 'api_unavailable' }, { requestId });
    },
  };
}

/** An expired access token is not the end of a session that can be refreshed: the last signed claims say whose it is. */
function report(authentication: Exclude<Authentication, { kind: 'unavailable' }>, { api }: Services): SessionReport {
  const isEnded = authentication.kind === 'expired' && api.refresh === undefined;
  if (authentication.kind === 'anonymous' || isEnded) return { authenticated: false };
  const { user, session } = authentication;
  return {
    authenticated: true,
    user,
    session: {
      expiresAt: session.expiresAt.toISOString(),
      absoluteExpiresAt: session.absoluteExpiresAt.toISOString(),
      refreshDue: session.refreshDue,
    },
  };
}
