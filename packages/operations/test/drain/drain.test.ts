import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createDrain, type Drain, type DrainTimes } from '../../src/index.ts';

const times: Required<DrainTimes> = { noticeSeconds: 0.4, idleSeconds: 0.3, limitSeconds: 2 };
const doNothing = (): void => {};
const opened: Server[] = [];
const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const server of opened.splice(0)) server.closeAllConnections();
});

async function serve(listener: RequestListener, given: DrainTimes = times): Promise<{ port: number; drain: Drain }> {
  const server = createServer();
  const drain = createDrain(server, given);
  server.on('request', drain.watch(listener)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, drain };
}

function keptConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}

async function ask(port: number, agent: Agent): Promise<{ head: IncomingMessage; text: string }> {
  const head = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, resolve).once('error', reject);
  });
  return { head, text: Buffer.concat(await head.toArray()).toString() };
}

const closing = (head: IncomingMessage): boolean => head.headers.connection === 'close';

async function textOf(socket: Socket): Promise<string> {
  return (await socket.setEncoding('utf8').toArray()).join('');
}

describe('a stop', () => {
  it('gives a load balancer that asks time to notice', async () => {
    const { port, drain } = await serve((_request, response) => response.end('served'));
    expect(drain.isReady()).toBe(true);
    const stopped = drain.stop(doNothing);
    expect(drain.isReady()).toBe(false);
    const { head, text } = await ask(port, keptConnection());
    expect([text, closing(head)]).toEqual(['served', true]);
    expect(await stopped).toEqual({ cut: 0 });
    await expect(ask(port, keptConnection())).rejects.toThrow('ECONNREFUSED');
  });

  it('accepts nothing more at once where nobody asks', async () => {
    const { port, drain } = await serve((_request, response) => response.end('served'));
    const stopped = drain.stop(doNothing);
    await expect(ask(port, keptConnection())).rejects.toThrow('ECONNREFUSED');
    expect(await stopped).toEqual({ cut: 0 });
  });

  it('serves the next request of a kept connection, as its last', async () => {
    const { port, drain } = await serve((_request, response) => response.end('served'));
    const agent = keptConnection();
    expect(closing((await ask(port, agent)).head)).toBe(false);
    const stopped = drain.stop(doNothing);
    await sleep(100);
    const { head, text } = await ask(port, agent);
    expect([text, closing(head)]).toEqual(['served', true]);
    expect(await stopped).toEqual({ cut: 0 });
  });

  it('closes a connection that has been idle for long enough at once', async () => {
    const { port, drain } = await serve((_request, response) => response.end('served'));
    await ask(port, keptConnection());
    await sleep(400);
    const start = performance.now();
    expect(await drain.stop(doNothing)).toEqual({ cut: 0 });
    expect(performance.now() - start).toBeLessThan(times.limitSeconds * 1000);
  });

  it('waits for the answer that is under way', async () => {
    const { port, drain } = await serve((_request, response) => {
      setTimeout(() => response.end('served late'), 500);
    });
    const answer = ask(port, keptConnection());
    await sleep(50);
    const stopped = drain.stop(doNothing);
    const { head, text } = await answer;
    expect([text, closing(head)]).toEqual(['served late', true]);
    expect(await stopped).toEqual({ cut: 0 });
  });

  it('waits for a request whose head is half sent', async () => {
    const { port, drain } = await serve((_request, response) => response.end('served'));
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost:');
    await sleep(50);
    const stopped = drain.stop(doNothing);
    await sleep(200);
    socket.write(' x\r\n\r\n');
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\nConnection: close[^]*served/);
    expect(await stopped).toEqual({ cut: 0 });
  });

  it('ends streams when nothing new is accepted any more', async () => {
    const ends: (() => void)[] = [];
    const { port, drain } = await serve((_request, response) => {
      response.write('first ');
      ends.push(() => response.end('last'));
    });
    const answer = ask(port, keptConnection());
    await expect.poll(() => ends.length).toBe(1);
    const stopped = drain.stop(() => {
      for (const end of ends) end();
    });
    expect((await answer).text).toBe('first last');
    expect(await stopped).toEqual({ cut: 0 });
  });

  it('cuts what is stuck at the limit, and counts it', async () => {
    const { port, drain } = await serve((_request, response) => response.write('first '), {
      ...times,
      limitSeconds: 0.3,
    });
    const answers = Promise.allSettled([ask(port, keptConnection()), ask(port, keptConnection())]);
    await sleep(100);
    expect(await drain.stop(doNothing)).toEqual({ cut: 2 });
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
