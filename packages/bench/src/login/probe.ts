/** Asks one question every ten milliseconds, whether or not the last one was answered: nobody waits politely. */
import { Agent, get } from 'node:http';

const everyMs = 10;

/** How long answers took, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** A question that is asked again and again. */
export interface Probe {
  /** Stops asking, and waits for what is still to be answered. Throws if an answer was none. */
  stop(): Promise<Latency>;
}

/** Starts asking `GET url` with a bearer token. */
export function startProbe(url: string, accessToken: string): Probe {
  const agent = new Agent({ keepAlive: true });
  const options = { agent, headers: { authorization: `Bearer ${accessToken}` } };
  const asked: Promise<number>[] = [];
  const ask = (): Promise<number> => {
    const askedAt = performance.now();
    return new Promise((resolve, reject) => {
      get(url, options, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`a token was answered ${answer.statusCode}`));
        answer.resume().once('end', () => resolve(performance.now() - askedAt));
      }).once('error', reject);
    });
  };
  const timer = setInterval(() => {
    const answered = ask();
    answered.catch(() => {}); // told by `stop`
    asked.push(answered);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      try {
        const sorted = (await Promise.all(asked)).toSorted((a, b) => a - b);
        return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
      } finally {
        agent.destroy();
      }
    },
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError('nothing was asked');
  return value;
}
