/** POST: expires the session cookie, then ends the session at the API. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'logout');
