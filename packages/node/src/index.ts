/** The relay's Node transport: mounts `/api/proxy/*` on an HTTP server. */
export { createRelayHandler, type RelayHandler, type RelayHandlerOptions } from './relay-handler.ts';
