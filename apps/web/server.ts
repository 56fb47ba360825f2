/** The frontend's process: settings, Next.js, one HTTP server; then it listens until it is told to stop. */
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { withConnection } from './src/connection.ts';
import { type WebSettings, webSettings } from './src/env.ts';
import { reportFailure } from './src/failure.ts';

const drainSeconds = 10;
const keepAliveSeconds = 65; // longer than a proxy in front keeps a connection, so that it is never closed under a request

// Built, this file is `dist/server.js`; in development it runs where it stands.
const isBuilt = import.meta.url.endsWith('/dist/server.js');
const folder = fileURLToPath(new URL(isBuilt ? '..' : '.', import.meta.url));

type NextApp = ReturnType<typeof next>;

async function start(): Promise<void> {
  const settings = webSettings();
  const server = createServer();
  const app = next({
    dev: settings.mode === 'development',
    dir: folder,
    hostname: settings.listen.host,
    port: settings.listen.port,
    httpServer: server,
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on('request', (request, response) => {
    withConnection(request, () => handle(request, response)).catch(() => response.destroy());
  });
  await listen(server, settings);
  const { host, port } = settings.listen;
  process.stdout.write(`footbridge web: ${settings.webOrigin}, listening on ${host}:${port}\n`);
  stopOnSignal(server, app);
}

function listen(server: Server, { listen: { host, port } }: WebSettings): Promise<void> {
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
}

/** The first signal stops in order, the second at once. */
function stopOnSignal(server: Server, app: NextApp): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void drain(server)
      .then(() => app.close())
      .finally(() => process.exit(0));
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
