/** What the custom server keeps of each raw connection for `@footbridge/next`: Next.js hides both from `proxy.ts`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';

const connections = new AsyncLocalStorage<{ readonly peer: string; readonly rsc: boolean }>();
Reflect.set(globalThis, Symbol.for('footbridge.connection'), connections);

/** Serves a request with its connection at hand. */
export function withConnection<Result>(request: IncomingMessage, serve: () => Result): Result {
  const connection = { peer: request.socket.remoteAddress ?? '', rsc: request.headers['rsc'] !== undefined };
  return connections.run(connection, serve);
}
