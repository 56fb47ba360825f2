/** `GET /api/sessions` and `DELETE /api/sessions/:id`: where one is logged in, and putting an end to it. */
import { eventLog } from '../http/access-log.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';
import { describeEntry } from '../sessions/session-summary.ts';

/** Lists live sessions, newest activity first. */
export function listSessions({ admitBearer, sessions }: Services): Handler {
  return async (request, response) => {
    const { userId, sessionId } = await admitBearer(request);
    const live = await sessions.list(userId);
    const entries = live.map((session) => describeEntry(session, sessionId));
    response.json({ success: true, message: 'these are your sessions', data: { sessions: entries } });
  };
}

/** Ends one's own session. Anyone else's answers as one that never was: 404. */
export function endSession({ admitBearer, browsers, sessions, logger }: Services): Handler {
  return async (request, response) => {
    const { userId, sessionId } = await admitBearer(request);
    const id = String(request.params['id']);
    const wasTheirs = await sessions.endOwn(userId, id);
    if (!wasTheirs) throw new Refusal('not_found');
    eventLog(logger, response).info({ userId, sessionId: id, reason: 'ended_by_user' }, 'session_ended');
    if (id === sessionId) browsers.forgetPresented(request, response);
    response.json({ success: true, message: 'session ended' });
  };
}
