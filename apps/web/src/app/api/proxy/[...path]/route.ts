/** Every method: calls of the browser to the API, with the token that it never sees. The custom server answers first. */
import { relayHandlers } from '@footbridge/next/relay';
import { footbridge } from '../../../../footbridge.ts';

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = relayHandlers(footbridge);
