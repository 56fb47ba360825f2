/** One burst of page views on one frontend. */
import autocannon from 'autocannon';
import type { Site } from './site.ts';

const connections = 16;
const seconds = 2;

/** What a burst came to. */
export interface Burst {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time per request in microseconds, the API's included. */
  readonly cpuPerRequest: number;
}

/** Sends as much as the frontend takes. Throws when anything but 200 comes back. */
export async function burst(frontend: Site['frontends'][number], { api, visitor }: Site): Promise<Burst> {
  const cpuTime = (): number => frontend.server.cpuTime() + api.cpuTime();
  const before = cpuTime();
  const result = await autocannon({
    url: frontend.page,
    connections,
    duration: seconds,
    headers: { cookie: visitor.cookieHeader, accept: 'text/html' },
  });
  const used = cpuTime() - before;
  const answered = result['2xx'];
  const failed = result.non2xx + result.errors + result.timeouts;
  if (answered === 0 || failed > 0)
    throw new Error(`${frontend.variant} failed ${failed} of ${answered + failed} views`);
  return {
    requestsPerSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuPerRequest: used / answered,
  };
}
