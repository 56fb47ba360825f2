/** GET: whether the process runs. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'liveness');
