/** `POST /api/logout-all`: ends every session of the user, this one included. */
import { eventLog } from '../http/access-log.ts';
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

/** Answers 200 however many there were. */
export function logoutAll({ admitBearer, browsers, sessions, logger }: Services): Handler {
  return async (request, response) => {
    const { userId } = await admitBearer(request);
    const ended = await sessions.endAll(userId);
    eventLog(logger, response).info({ userId, ended, reason: 'logout_all' }, 'sessions_ended');
    browsers.forgetPresented(request, response);
    response.json({ success: true, message: 'logged out everywhere' });
  };
}
