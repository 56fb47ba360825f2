/** GET: whether this process should get requests. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'readiness');
