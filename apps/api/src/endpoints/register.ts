/** `POST /api/register`: a new user and their first session. */
import { registerRequest } from '@footbridge/contracts';
import { eventLog } from '../http/access-log.ts';
import { readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

/** Answers 201 with tokens, or 409 `email_taken`. */
export function register({ admitClient, users, sessions, tokenAnswer, logger }: Services): Handler {
  return async (request, response) => {
    const endUser = admitClient(request);
    const account = await readJson({ request, response, schema: registerRequest });
    const { user, session } = await users.register(account, sessions.draft(endUser));
    eventLog(logger, response).info({ userId: user.id, sessionId: session.id }, 'user_registered');
    response.status(201).json(tokenAnswer({ user, session, message: 'registered' }));
  };
}
