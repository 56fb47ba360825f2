/** GET: reports who is logged in; never sets a cookie. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'session');
