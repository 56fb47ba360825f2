/** The frontend's process: settings, relay, Next.js, one HTTP server; then it listens until it is told to stop. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createRelayHandler, type RelayHandler } from '@footbridge/node';
import next from 'next';
import { contextOf, withConnection } from './src/connection.ts';
import { type WebSettings, webSettings } from './src/env.ts';
import { reportFailure } from './src/failure.ts';
import { footbridge } from './src/footbridge.ts';

const drainSeconds = 10;
const keepAliveSeconds = 65; // longer than a proxy in front keeps a connection, so that it is never closed under a request

// Built, this file is `dist/server.js`; in development it runs where it stands.
const isBuilt = import.meta.url.endsWith('/dist/server.js');
const folder = fileURLToPath(new URL(isBuilt ? '..' : '.', import.meta.url));

type NextApp = ReturnType<typeof next>;

async function start(): Promise<void> {
  const settings = webSettings();
  const isDevelopment = settings.mode === 'development';
  const server = createServer();
  const upgradesOfNext = createServer(); // never listens: Next.js takes every upgrade of the server it is given
  const app = next({
    dev: isDevelopment,
    dir: folder,
    hostname: settings.listen.host,
    port: settings.listen.port,
    httpServer: upgradesOfNext,
  });
  await app.prepare();
  const relay = createRelayHandler({
    relay: footbridge.bff().relay,
    contextOf: (request) => contextOf(request, footbridge),
  });
  serveRequests(server, relay, app);
  const upgraded = serveUpgrades(server, relay, isDevelopment ? upgradesOfNext : undefined);
  await listen(server, settings);
  const { host, port } = settings.listen;
  process.stdout.write(`footbridge web: ${settings.webOrigin}, listening on ${host}:${port}\n`);
  stopOnSignal(async () => {
    const drained = drain(server);
    for (const socket of upgraded) socket.destroy();
    await Promise.all([drained, relay.close()]);
    await app.close();
  });
}

/** `/api/proxy/*` never gets into Next.js, which would read its targets in its own way and hold its bodies back. */
function serveRequests(server: Server, relay: RelayHandler, app: NextApp): void {
  const handle = app.getRequestHandler();
  const serve: RequestListener = (request, response) => {
    if (relay.matches(request)) void relay.handle(request, response);
    else withConnection(request, () => handle(request, response)).catch(() => response.destroy());
  };
  server.on('request', serve);
  server.on('checkContinue', (request, response) => {
    if (!relay.matches(request)) response.writeContinue();
    serve(request, response);
  });
}

/** Nothing but the relay has WebSockets, and hot reloading in development. Returns the open ones of the latter. */
function serveUpgrades(server: Server, relay: RelayHandler, hotReloading: Server | undefined): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    if (relay.matches(request)) return void relay.upgrade(request, socket, head);
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => socket.destroy());
    if (hotReloading?.emit('upgrade', request, socket, head)) return;
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', () => socket.destroy());
  });
  return open;
}

function listen(server: Server, { listen: { host, port } }: WebSettings): Promise<void> {
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
}

/** The first signal stops in order, the second at once. */
function stopOnSignal(close: () => Promise<void>): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** Takes no new connection, lets what is under way finish, and cuts what takes too long. */
function drain(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const impatience = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(impatience);
      resolve();
    });
  });
}

await start().catch(reportFailure);
