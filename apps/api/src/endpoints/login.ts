/** `POST /api/login`: a password for a session. */
import { loginRequest } from '@footbridge/contracts';
import { eventLog } from '../http/access-log.ts';
import { readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

/** Answers 200 with tokens, or alike for a known address and an unknown one 401 `invalid_credentials`, 429 `rate_limited`. */
export function login({ admitCaller, rateLimits, endFormer, users, sessions, tokenAnswer, logger }: Services): Handler {
  return async (request, response) => {
    const log = eventLog(logger, response);
    const caller = admitCaller(request, response);
    const credentials = await readJson({ request, response, schema: loginRequest });
    const forgive = await rateLimits.login({ email: credentials.email, address: caller.endUser.address });
    const outcome = await users.login(credentials, sessions.draft(caller.endUser));
    if (outcome.kind === 'refused') {
      log.info({ userId: outcome.userId }, 'login_failed');
      throw new Refusal('invalid_credentials');
    }
    const { user, session } = outcome;
    log.info({ userId: user.id, sessionId: session.id }, 'login_succeeded');
    await forgive();
    await endFormer(caller.tokens, { log, except: session.id });
    caller.answer(tokenAnswer({ user, session, message: 'logged in' }));
  };
}
