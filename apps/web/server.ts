/** The frontend's process: settings, relay, Next.js, one HTTP server; then it listens until it is told to stop. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createRelayHandler, type RelayHandler } from '@footbridge/node';
import { createDrain, type Drain, stopOnSignal } from '@footbridge/operations';
import next from 'next';
import { type AccessLog, createAccessLog } from './src/access-log.ts';
import { type Admit, createAdmission, noSuchUpgrade } from './src/before-next.ts';
import { contextOf, withConnection } from './src/connection.ts';
import { type WebSettings, webSettings } from './src/env.ts';
import { reportFailure } from './src/failure.ts';
import { footbridge } from './src/footbridge.ts';
import { createLogger } from './src/log.ts';
import { processMetrics } from './src/metrics/metrics.ts';
import { serveMetrics } from './src/metrics/serve.ts';
import { askForReadiness } from './src/readiness.ts';

const longestRequestSeconds = 600; // an upload may take as long here as at the API
const keepAliveSeconds = 65; // longer than a proxy in front keeps a connection, so that it is never closed under a request

// Built, this file is `dist/server.js`; in development it runs where it stands.
const isBuilt = import.meta.url.endsWith('/dist/server.js');
const folder = fileURLToPath(new URL(isBuilt ? '..' : '.', import.meta.url));

type NextApp = ReturnType<typeof next>;

async function start(): Promise<void> {
  const settings = webSettings();
  const isDevelopment = settings.mode === 'development';
  const logger = createLogger(settings.logLevel);
  await serveMetrics();
  const server = createServer();
  const drain = createDrain(server);
  askForReadiness(() => drain.isReady());
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
  const { webOrigin } = settings;
  const accessLog = createAccessLog({ logger, metrics: processMetrics() });
  serveRequests(server, { relay, admit: createAdmission(footbridge), app, drain, accessLog });
  const hotReloading = isDevelopment ? upgradesOfNext : undefined;
  const upgraded = serveUpgrades(server, { relay, hotReloading, noTaker: noSuchUpgrade(webOrigin), accessLog });
  await listen(server, settings);
  logger.info('web_listening', { origin: webOrigin, ...settings.listen });
  stopOnSignal({
    onSignal: (signal) => logger.info('web_stopping', { signal }),
    stop: async () => {
      const { cut } = await drain.stop(() => {
        relay.endStreams();
        for (const socket of upgraded) socket.destroy();
      });
      await relay.close();
      await app.close();
      return cut;
    },
    onStopped: (outcome) => {
      if (outcome.kind === 'failed') reportFailure(outcome.error);
      else if (outcome.cut > 0) logger.warn('requests_cut_off', { requests: outcome.cut });
      else logger.info('web_stopped');
    },
  });
}

interface Serving {
  readonly relay: RelayHandler;
  readonly admit: Admit;
  readonly app: NextApp;
  readonly drain: Drain;
  readonly accessLog: AccessLog;
}

/** `/api/proxy/*` never gets into Next.js, which would read its targets in its own way and hold its bodies back. */
function serveRequests(server: Server, { relay, admit, app, drain, accessLog }: Serving): void {
  const handle = app.getRequestHandler();
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const admitted = await admit({ request, response });
    if (admitted !== undefined) await withConnection(admitted, () => handle(admitted, response));
  };
  const serve = drain.watch((request, response) => {
    accessLog.request(request, response);
    if (relay.matches(request)) void relay.handle(request, response);
    else passOn(request, response).catch(() => response.destroy());
  });
  server.on('request', serve);
  server.on('checkContinue', (request, response) => {
    if (!relay.matches(request)) response.writeContinue();
    serve(request, response);
  });
}

interface Upgrading {
  readonly relay: RelayHandler;
  readonly hotReloading: Server | undefined;
  /** The answer to whatever neither takes. */
  readonly noTaker: string;
  readonly accessLog: AccessLog;
}

/** Nothing but the relay has WebSockets, and hot reloading in development. Returns the open ones of the latter. */
function serveUpgrades(server: Server, { relay, hotReloading, noTaker, accessLog }: Upgrading): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    accessLog.upgrade(request);
    if (relay.matches(request)) return void relay.upgrade(request, socket, head);
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => socket.destroy());
    if (hotReloading?.emit('upgrade', request, socket, head)) return;
    socket.end(noTaker, () => socket.destroy());
  });
  return open;
}

function listen(server: Server, { listen: { host, port } }: WebSettings): Promise<void> {
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  server.requestTimeout = longestRequestSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
}

await start().catch(reportFailure);
