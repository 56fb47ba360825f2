/** `GET /metrics` on a port of its own, which no proxy in front of the app leads to. */
import { createServer, type RequestListener } from 'node:http';

/** Of every answer: numbers for a collector, which no browser is to store, guess the type of, or show as a page. */
const answerHeaders = new Headers({
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
});

/** What is told: a registry of `prom-client`. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Where to listen, and what to tell. */
export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: MetricsSource;
}

/** A metrics server that listens. */
export interface MetricsServer {
  close(): Promise<void>;
}

/**
 * Listens. It answers until the process ends, the drain included, and keeps no process alive.
 *
 * @throws {Error} naming METRICS_PORT when the port cannot be had.
 */
export async function openMetricsServer({ host, port, registry }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(serve(registry)).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(unavailablePort(port, cause))).listen(port, host, () => resolve());
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve()).closeAllConnections();
      }),
  };
}

function serve(registry: MetricsSource): RequestListener {
  return ({ method, url = '' }, response) => {
    response.setHeaders(answerHeaders);
    const isRead = method === 'GET' || method === 'HEAD';
    if (url.split('?', 1)[0] !== '/metrics') return void response.writeHead(404).end();
    if (!isRead) return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}

function unavailablePort(port: number, cause: Error): Error {
  const isTaken = 'code' in cause && cause.code === 'EADDRINUSE';
  const reason = isTaken ? 'is in use' : 'cannot be listened on';
  return new Error(`METRICS_PORT: port ${port} ${reason}: set another one, or none for no metrics`, { cause });
}
