/** `GET` and `PATCH /api/me`: one's own record. */
import { profileChange } from '@footbridge/contracts';
import { eventLog } from '../http/access-log.ts';
import { readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

/** Answers with the user as stored now, which may be newer than the token. */
export function me({ admitLiveBearer }: Services): Handler {
  return async (request, response) => {
    const { user } = await admitLiveBearer(request);
    response.json({ success: true, message: 'this is you', data: { user } });
  };
}

/** Changes the display name; `null` removes it. */
export function changeProfile({ admitLiveBearer, users, logger }: Services): Handler {
  return async (request, response) => {
    const bearer = await admitLiveBearer(request);
    const change = await readJson({ request, response, schema: profileChange });
    const user = await users.changeProfile(bearer.user.id, change);
    eventLog(logger, response).info({ userId: user.id }, 'profile_changed');
    response.json({ success: true, message: 'profile changed', data: { user } });
  };
}
