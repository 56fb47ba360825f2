import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { type Cluster, startCluster } from '../src/cluster.ts';
import { startLoad } from '../src/constant-load.ts';
import { createDatabase, postgresAnswers, type TestDatabase } from '../src/database.ts';
import { KeptClient } from '../src/kept-client.ts';
import { recordFigures } from '../src/relay/figures.ts';
import { prepareStack, type Stack } from '../src/stack.ts';

test.describe('two processes of each app behind balancers', () => {
  let database: TestDatabase;
  let cluster: Cluster;
  test.beforeAll(async () => {
    test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
    test.setTimeout(120_000);
    database = await createDatabase();
    cluster = await startCluster({ databaseUrl: database.url });
  });
  test.afterAll(async () => {
    await cluster?.close();
    await database?.drop();
  });

  test('no request fails while one after the other is restarted', async () => {
    test.setTimeout(180_000);
    const load = await startLoad({ ...cluster, people: 6 });
    for (const index of [0, 1]) {
      const pair = [cluster.apis, cluster.webs].flatMap((apps) => apps.slice(index, index + 1));
      expect(await Promise.all(pair.map((app) => app.stop()))).toEqual([0, 0]);
      await Promise.all(pair.map((app) => app.start()));
      await Promise.all([cluster.webBalancer.untilReady(), cluster.apiBalancer.untilReady()]);
    }
    const { done, failures } = await load.stop();
    recordFigures('requests while four processes were restarted', { ...done, failed: failures.length });
    expect(failures).toEqual([]);
    expect(Object.values(done).every((times) => times > 5)).toBe(true);
  });
});

test.describe('one process of each app', () => {
  test.describe.configure({ mode: 'serial' });

  let stack: Stack;
  test.beforeAll(async () => {
    stack = await prepareStack({ settings: { BCRYPT_COST: '11' } });
  });
  test.beforeEach(async () => {
    test.setTimeout(120_000);
    if (stack.api.pid === undefined) await stack.api.start();
    if (stack.web.pid === undefined) await stack.web.start();
  });
  test.afterAll(async () => stack?.close());

  async function newClient(): Promise<KeptClient> {
    const client = new KeptClient(stack.webUrl);
    expect((await client.register()).status).toBe(201);
    return client;
  }

  test('an upload that goes on while the frontend stops is whole', async () => {
    const client = await newClient();
    const attachment = `/api/proxy/notes/${await newNote(client)}/attachment`;
    const pieces = Array.from({ length: 30 }, (_, index) => Buffer.alloc(10_000, index));
    const slowly = Readable.from(
      (async function* () {
        for (const piece of pieces) {
          await sleep(100);
          yield piece;
        }
      })(),
      { objectMode: false },
    );
    const uploaded = client.send(attachment, {
      method: 'POST',
      bytes: slowly,
      length: 300_000,
      fields: [['content-type', 'application/octet-stream']],
    });
    await sleep(500);
    const stopped = stack.web.stop();
    const { status, fields } = await uploaded;
    expect(status).toBe(200);
    expect(fields).toContainEqual(['Connection', 'close']);
    expect(await stopped).toBe(0);
    await stack.web.start();
    const { bytes } = await client.send(attachment);
    expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
  });

  test('logins that wait for their turn are answered', async () => {
    const client = await newClient();
    const logins = Promise.all(Array.from({ length: 8 }, () => client.twin().logInAs(client)));
    await sleep(300);
    const stopped = stack.api.stop();
    expect((await logins).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await stopped).toBe(0);
    expect(stack.api.output).toContain('api_stopped');
  });

  for (const app of ['web', 'api'] as const) {
    test(`an event stream ends in order when the ${app} stops`, async () => {
      const client = await newClient();
      const { status, body } = await client.open('/api/proxy/notes/events');
      expect(status).toBe(200);
      const text = body.setEncoding('utf8').toArray();
      await sleep(300);
      expect(await stack[app].stop()).toBe(0);
      expect((await text).join('')).toMatch(/^: open\n\n/);
    });
  }

  test('the last requests of kept connections are answered', async () => {
    const client = await newClient();
    const clients = Array.from({ length: 20 }, () => client.twin());
    for (const kept of clients) expect((await kept.send('/api/session')).status).toBe(200);
    const stopping = sleep(200).then(() => stack.web.stop());
    const goodbyes = await Promise.all(
      clients.map(async (kept) => {
        for (;;) {
          const { status, fields } = await kept.send('/api/session');
          expect(status).toBe(200);
          if (fields.some(([name, value]) => name === 'Connection' && value === 'close')) return 'told to leave';
          await sleep(20);
        }
      }),
    );
    expect(new Set(goodbyes)).toEqual(new Set(['told to leave']));
    expect(await stopping).toBe(0);
  });

  test('a stuck request is cut at the limit, and the log says so', async () => {
    const stuck = await Promise.all([
      stuckUpload(`${stack.webLoopbackUrl}/api/login`),
      stuckUpload(`${stack.apiLoopbackUrl}/api/logout`),
    ]);
    const start = performance.now();
    expect(await Promise.all([stack.web.stop(), stack.api.stop()])).toEqual([1, 1]);
    expect(performance.now() - start).toBeGreaterThan(9_000);
    expect(stuck.map(({ closed }) => closed)).toEqual([true, true]);
    expect(stack.web.output).toMatch(/cut.off/);
    expect(stack.api.output).toContain('requests_cut_off');
  });

  test('a second signal ends the process at once', async () => {
    await Promise.all([
      stuckUpload(`${stack.webLoopbackUrl}/api/login`),
      stuckUpload(`${stack.apiLoopbackUrl}/api/logout`),
    ]);
    const start = performance.now();
    const codes = await Promise.all(
      [stack.web, stack.api].map(async (app) => {
        const { pid } = app;
        const stopped = app.stop();
        await sleep(500);
        if (pid !== undefined) process.kill(pid, 'SIGTERM');
        return stopped;
      }),
    );
    expect(codes).toEqual([1, 1]);
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

async function newNote(client: KeptClient): Promise<string> {
  const answer = await client.send('/api/proxy/notes', { method: 'POST', json: { title: 'a note' } });
  return /"id":"([^"]+)"/.exec(answer.text)?.[1] ?? '';
}

/** A client that announces a body and never sends it. */
async function stuckUpload(url: string): Promise<Socket> {
  const { port, host, pathname: path } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Footbridge: 1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"`,
  );
  await sleep(300);
  return socket;
}
