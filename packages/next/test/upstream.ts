/** An API on a real socket, and the relay's route handlers in front of it. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';
import type { BffOptions } from '@footbridge/core';
import { afterEach } from 'vitest';
import type { Footbridge } from '../src/footbridge.ts';
import { relayHandlers } from '../src/relay.ts';
import type { RouteHandlers } from '../src/route-handlers.ts';
import { loggedInCookie, origin, testFootbridge } from './fixture.ts';

export interface Upstream {
  readonly url: string;
  /** Every connection that was ever made. */
  readonly sockets: Socket[];
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server);
});

export function startUpstream(listener: RequestListener): Promise<Upstream> {
  return listen(createServer({ keepAliveTimeout: 60_000 }, listener));
}

/** Answers the first bytes of every connection with what `answer` writes. */
export function startRawUpstream(answer: (socket: Socket) => void): Promise<Upstream> {
  return listen(createSocketServer((socket) => socket.once('data', () => answer(socket))));
}

async function listen(server: Server): Promise<Upstream> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined); // resets are what is tested
  });
  opened.set(server, sockets);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, sockets };
}

const opened = new Map<Server, Socket[]>();

function stop(server: Server): Promise<void> {
  for (const socket of opened.get(server) ?? []) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

export interface Relayed {
  readonly footbridge: Footbridge;
  readonly handlers: RouteHandlers;
  readonly cookie: string;
  /** A request of a script on our page, by the person who is logged in. */
  readonly request: (path: string, init?: RequestInit & { duplex?: 'half' }) => Request;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (path: string, init: RequestInit & { duplex?: 'half' }) => Promise<Response>;
}

export async function relayTo(url: string, options: Partial<BffOptions['relay']> = {}): Promise<Relayed> {
  const footbridge = testFootbridge({ relay: { url, ...options } });
  const handlers = relayHandlers(footbridge);
  const cookie = await loggedInCookie(footbridge);
  const request: Relayed['request'] = (path, init = {}) => {
    const headers = new Headers({ cookie, 'sec-fetch-site': 'same-origin' });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return new Request(`${origin}/api/proxy${path}`, { ...init, headers });
  };
  return {
    footbridge,
    handlers,
    cookie,
    request,
    get: (path, init) => handlers.GET(request(path, init)),
    post: (path, init) => handlers.POST(request(path, { method: 'POST', ...init })),
  };
}

export async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Writes for as long as the other side takes it; answers how many bytes were written. */
export function writeUntilFull(response: ServerResponse, chunk: Buffer): number {
  let written = 0;
  do written += chunk.length;
  while (response.write(chunk));
  return written;
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
