/** POST, a plain form's: ends every session of the person, then leaves as a logout does. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../../footbridge.ts';
import { withSession } from '../../../../session.ts';
import { endEverySession } from '../../../../sessions/own-sessions.ts';
import { pathAfter } from '../../../../sessions/paths.ts';

const logout = routeHandlers(footbridge, 'logout');

export const POST = withSession(async (_session, request) => {
  const ending = await endEverySession();
  if (ending === 'unavailable') {
    return new Response(null, { status: 303, headers: { location: pathAfter(ending, 'others') } });
  }
  return logout.POST(request); // over already or just now: what is left is this browser's cookie
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = logout; // which answers them with 405
