/** One burst of requests through one hop, each answer compared with what it should be. */
import autocannon from 'autocannon';
import { noise, text } from '../../fixtures/relay-hops/payload.ts';
import type { RunningHop } from './hops.ts';

const uploadBytes = 64 * 1024;

/** One kind of request. */
export interface Load {
  readonly title: string;
  readonly method: 'GET' | 'POST';
  /** Below the base of a hop. */
  readonly path: string;
  readonly body?: Buffer;
  readonly answer: string;
}

/** A small answer, and a request of some size. */
export const loads = {
  get: { title: '1 kB GET', method: 'GET', path: '/bench/text', answer: text },
  post: {
    title: '64 kB POST',
    method: 'POST',
    path: '/bench/length',
    body: Buffer.concat([...noise(uploadBytes)]),
    answer: String(uploadBytes),
  },
} as const satisfies Record<string, Load>;

/** What a burst came to. */
export interface Burst {
  readonly requestsPerSecond: number;
  /** Milliseconds, to the microsecond. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the hop per request in microseconds. */
  readonly cpuPerRequest: number;
}

/** How many at once, and for how long. */
export interface BurstOptions {
  readonly load: Load;
  readonly connections: number;
  readonly seconds: number;
}

/** Sends as much as the hop takes. Throws when anything but the one right answer comes back. */
export async function burst(running: RunningHop, { load, connections, seconds }: BurstOptions): Promise<Burst> {
  const { hop, base, headers } = running;
  const latencies: number[] = [];
  const before = running.cpuTime();
  const result = await autocannon({
    url: `${base}${load.path}`,
    method: load.method,
    headers: { ...headers, ...(load.body && { 'content-type': 'application/octet-stream' }) },
    ...(load.body && { body: load.body }),
    expectBody: load.answer,
    connections,
    duration: seconds,
    sampleInt: 100,
    setupClient: (client) => client.on('response', (_status, _bytes, milliseconds) => latencies.push(milliseconds)),
  });
  const used = running.cpuTime() - before;
  const answered = result['2xx'];
  const failed = result.non2xx + result.errors + result.timeouts + result.mismatches;
  if (answered === 0 || failed > 0) {
    throw new Error(`${hop.title} failed ${failed} of ${answered + result.non2xx + result.errors} requests`);
  }
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: answered / result.duration,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuPerRequest: used / answered,
  };
}

/** The smallest value that so large a part of the sorted ones does not exceed. */
function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}
