/** Every other path below `/api`: 404 in the shape of all errors. */
import { routeHandlers } from '@footbridge/next/route-handlers';
import { footbridge } from '../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = routeHandlers(footbridge, 'notFound');
