/** `POST /api/register`: a new user and their first session. */
import { registerRequest } from '@footbridge/contracts';
import { eventLog } from '../http/access-log.ts';
import { readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

/** Answers 201 with tokens, 409 `email_taken`, or 429 `rate_limited`. */
export function register({
  admitCaller,
  rateLimits,
  endFormer,
  users,
  sessions,
  tokenAnswer,
  logger,
}: Services): Handler {
  return async (request, response) => {
    const log = eventLog(logger, response);
    const caller = admitCaller(request, response);
    const account = await readJson({ request, response, schema: registerRequest });
    await rateLimits.registration(caller.endUser.address);
    const { user, session } = await users.register(account, sessions.draft(caller.endUser));
    log.info({ userId: user.id, sessionId: session.id }, 'user_registered');
    await endFormer(caller.tokens, { log, except: session.id });
    response.status(201);
    caller.answer(tokenAnswer({ user, session, message: 'registered' }));
  };
}
