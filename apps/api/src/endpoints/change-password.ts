/** `POST /api/me/password`: a new password, which ends every other session of the user. */
import { passwordChange } from '@footbridge/contracts';
import { eventLog } from '../http/access-log.ts';
import { readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

/** Answers 200, 401 `invalid_credentials` for a wrong current password, or 429 `rate_limited`. The session that asks goes on. */
export function changePassword({ admitLiveBearer, rateLimits, users, logger }: Services): Handler {
  return async (request, response) => {
    const { user, session } = await admitLiveBearer(request);
    const change = await readJson({ request, response, schema: passwordChange });
    await rateLimits.passwordChange(user.id);
    const log = eventLog(logger, response);
    const isChanged = await users.changePassword({ userId: user.id, sessionId: session.id }, change);
    if (!isChanged) {
      log.info({ userId: user.id, sessionId: session.id }, 'password_change_refused');
      throw new Refusal('invalid_credentials');
    }
    log.info({ userId: user.id, sessionId: session.id }, 'password_changed');
    response.json({ success: true, message: 'password changed' });
  };
}
