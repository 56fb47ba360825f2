/** `POST /api/logout`: the browser forgets first, the API is told second (RFC 7009, section 2). */
import { jsonAnswer, redirectAnswer } from '../answers.ts';
import { isForm, readBody } from '../body.ts';
import type { Exchange, Handlers } from '../endpoint.ts';
import { localPath } from '../return-to.ts';
import type { Services } from '../services.ts';

/** Drops what the browser cached while logged in, so that the back button shows none of it. */
const clearCache = { 'clear-site-data': '"cache"' };

/** Always succeeds: without a session, with an unreadable cookie, and while the API is down. */
export function logout(services: Services): Handlers {
  return {
    async POST(exchange) {
      const { requestId, cookieHeader, endUser } = exchange;
      const setCookies = services.cookie.clear(cookieHeader);
      await services.endSessions({ cookieHeader, from: endUser });
      services.logger.info('logout', { requestId });

      const extras = { requestId, setCookies, headers: clearCache };
      if (!isForm(exchange.request)) return jsonAnswer(200, { success: true, message: 'logged out' }, extras);
      return redirectAnswer(303, (await returnToOf(exchange)) ?? services.paths.login, extras);
    },
  };
}

/** A body that cannot be read must not keep anybody logged in. */
async function returnToOf({ request }: Exchange): Promise<string | undefined> {
  const body = await readBody(request);
  return body.kind === 'form' ? localPath(body.value['returnTo']) : undefined;
}
