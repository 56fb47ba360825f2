/** POST: logs in (JSON or form) and sets the session cookie. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'login');
