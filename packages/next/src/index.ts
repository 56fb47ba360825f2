/** The shared handle. Its users are beside it: `./proxy`, `./route-handlers`, `./session`, `./actions`, and `./client`. */
export { createFootbridge, type Footbridge, type FootbridgeOptions, startRevocations } from './footbridge.ts';
export type { Connection } from './connection.ts';
export { processWide } from './process-wide.ts';
