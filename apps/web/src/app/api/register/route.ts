/** POST: creates an account (JSON or form), which is logged in at once. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'register');
