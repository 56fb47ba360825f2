/** What the custom server keeps of each raw connection for `@footbridge/next`: Next.js hides it from `proxy.ts`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '@footbridge/core';
import type { Connection, Footbridge } from '@footbridge/next';

const connections = new AsyncLocalStorage<Required<Connection>>();
const prefetchMarks = ['next-router-prefetch', 'next-router-segment-prefetch'];
Reflect.set(globalThis, Symbol.for('footbridge.connection'), connections);

/** Serves a request with its connection at hand. */
export function withConnection<Result>(request: IncomingMessage, serve: () => Result): Result {
  return connections.run(connectionOf(request), serve);
}

function connectionOf({ headers, socket }: IncomingMessage): Required<Connection> {
  const isPrefetch = prefetchMarks.some((mark) => headers[mark] !== undefined);
  return { peer: socket.remoteAddress ?? '', rsc: headers['rsc'] !== undefined, prefetch: isPrefetch };
}

/** What the relay is told of a request: the same that handlers within Next.js are. */
export function contextOf(request: IncomingMessage, footbridge: Footbridge): RequestContext {
  return footbridge.contextOf({ headers: fieldsOf(request) }, connectionOf(request));
}

/** The headers of a raw request as a Web `Request` shows them. Names are in lower case. */
export function fieldsOf({ headers }: IncomingMessage): Pick<Headers, 'get'> {
  return {
    get: (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : null;
    },
  };
}
