/** A load balancer that takes turns: each request goes to the next target that says it is ready, and is sent once. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { freePort } from './ports.ts';

/** What it is told. */
export interface BalancerOptions {
  /** Origins of this machine, in the order of their turns. */
  readonly targets: readonly string[];
  /** Answers 200 while a target wants requests. */
  readonly readyPath: string;
  /** Where to listen; any free port by default. */
  readonly port?: number;
}

/**
 * A balancer at work. It keeps connections to its targets, as real ones do. Where none is to be had it takes the next
 * target; what was sent is never repeated.
 */
export interface Balancer {
  readonly url: string;
  /** Requests sent to each target so far. */
  readonly turns: readonly number[];
  /** Until every target is ready. */
  untilReady(): Promise<void>;
  close(): Promise<void>;
}

const checkMs = 250;
const patienceMs = 10_000;
const readyWithinMs = 30_000;
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export async function openBalancer({ targets, readyPath, port: given }: BalancerOptions): Promise<Balancer> {
  const port = given ?? (await freePort());
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<number>();
  const turns = targets.map(() => 0);
  let turn = 0;

  const end = new AbortController();

  const keepChecking = async (index: number): Promise<void> => {
    while (!end.signal.aborted) {
      if (await answersOk(`${targets[index]}${readyPath}`)) ready.add(index);
      else ready.delete(index);
      await pause(checkMs);
    }
  };
  for (const index of targets.keys()) void keepChecking(index);

  const next = (): number | undefined => {
    for (const _ of targets) {
      turn = (turn + 1) % targets.length;
      if (ready.has(turn)) return turn;
    }
    return undefined;
  };

  const send = (asked: Asked): void => {
    const index = next();
    if (index === undefined) return void asked.outgoing.writeHead(502, { 'x-balancer': 'nobody is ready' }).end();
    turns[index] = (turns[index] ?? 0) + 1;
    const again = (): void => {
      ready.delete(index);
      send(asked);
    };
    forward(asked, { target: targets[index] ?? '', agent, again });
  };
  const server = createServer((incoming, outgoing) => send({ incoming, outgoing }));
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    turns,
    async untilReady() {
      const deadline = Date.now() + readyWithinMs;
      while (ready.size < targets.length) {
        if (Date.now() > deadline) throw new Error(`only ${ready.size} of ${targets.length} targets are ready`);
        await pause(checkMs);
      }
    },
    async close() {
      end.abort();
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

interface Target {
  readonly target: string;
  readonly agent: Agent;
  /** There was no connection: somebody else may be asked. */
  readonly again: () => void;
}

/** What goes wrong on the way shows: a 502 before the answer, a broken answer after that. */
function forward({ incoming, outgoing }: Asked, { target, agent, again }: Target): void {
  const { method, headers } = incoming;
  const onward = request(new URL(incoming.url ?? '/', target), { method, headers, agent }, (answer) => {
    const kept = fieldsOf(answer.rawHeaders).filter(([name]) => !hopByHop.has(name.toLowerCase()));
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, kept.flat());
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  onward.once('error', (error) => {
    if ('code' in error && error.code === 'ECONNREFUSED') again();
    else if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502, { 'x-balancer': encodeURIComponent(error.message) }).end();
  });
  outgoing.once('close', () => onward.destroy());
  // A body that has gone into a connection that was refused could not be sent again.
  onward.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => incoming.pipe(onward));
    else incoming.pipe(onward);
  });
}

function fieldsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2] ?? '', raw[index * 2 + 1] ?? '']);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(patienceMs) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
