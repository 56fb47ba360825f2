/** One line per request of the custom server: the route's pattern, never the path or query that was sent. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { headers, isRequestId } from '@footbridge/contracts';
import type { Logger } from '@footbridge/core';
import type { Metrics } from './metrics/metrics.ts';
import { routeOf } from './routes.ts';

/** Where lines and figures go. */
export interface AccessLogOptions {
  readonly logger: Pick<Logger, 'info'>;
  readonly metrics: Pick<Metrics, 'requests'>;
}

/** Both give the request the id that everything behind them adopts, and write the line when it is over. */
export interface AccessLog {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage): void;
}

const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const relayed = '/api/proxy/*';

/** Makes the log. */
export function createAccessLog({ logger, metrics }: AccessLogOptions): AccessLog {
  return {
    request(request, response) {
      const [startedAt, requestId] = [performance.now(), identify(request)];
      response.once('close', () => {
        const { method, route } = describe(request);
        const ms = performance.now() - startedAt;
        const status = response.writableFinished ? response.statusCode : 'aborted';
        logger.info('request', { requestId, method, route, status, ms: rounded(ms) });
        if (route === relayed) return; // measured on its own, to the head of the API's answer
        metrics.requests.observe({ method: known(method), route, status: statusClass(status) }, ms / 1000);
      });
    },

    upgrade(request) {
      const [startedAt, requestId] = [performance.now(), identify(request)];
      request.socket.once('close', () => {
        logger.info('upgrade', { requestId, ...describe(request), ms: rounded(performance.now() - startedAt) });
      });
    },
  };
}

/** Adopts a sane id, or puts one in the place of whatever came. The relay reads the raw fields, Next.js the others. */
function identify(request: IncomingMessage): string {
  const offered = request.headers[headers.requestId];
  if (typeof offered === 'string' && isRequestId(offered)) return offered;
  const requestId = randomUUID();
  const { rawHeaders } = request;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === headers.requestId) rawHeaders.splice(index, 2);
  }
  rawHeaders.push(headers.requestId, requestId);
  request.headers[headers.requestId] = requestId;
  return requestId;
}

function describe({ method = '', url = '' }: IncomingMessage): { method: string; route: string } {
  return { method, route: routeOf(url) };
}

/** `2xx` and the like; `aborted` where the client did not wait for the end. */
function statusClass(status: number | 'aborted'): string {
  return status === 'aborted' ? status : `${Math.floor(status / 100)}xx`;
}

/** What a client makes up must not make a time series. */
function known(method: string): string {
  return knownMethods.has(method) ? method : 'other';
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
