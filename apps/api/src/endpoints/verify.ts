/** `GET` and `POST /api/verify`: the API's own word on a token, from the session's row (compare RFC 7662). */
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';
import { summarise } from '../sessions/session-summary.ts';

/** Answers 200 with user and session, or 401 that also says `authenticated: false`. */
export function verify({ admitLiveBearer }: Services): Handler {
  return async (request, response) => {
    const { user, session } = await admitLiveBearer(request).catch(asUnauthenticated);
    response.json({
      success: true,
      authenticated: true,
      message: 'valid token',
      data: { user, session: summarise(session) },
    });
  };
}

function asUnauthenticated(error: unknown): never {
  const isUnauthenticated = error instanceof Refusal && error.status === 401;
  throw isUnauthenticated ? new Refusal(error.code, { ...error.details, authenticated: false }) : error;
}
