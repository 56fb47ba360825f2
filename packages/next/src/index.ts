/** The shared handle. Its users are beside it: `./proxy`, `./route-handlers`, `./session`, and `./client` for the browser. */
export { createFootbridge, type Footbridge, type FootbridgeOptions } from './footbridge.ts';
export type { Connection } from './connection.ts';
