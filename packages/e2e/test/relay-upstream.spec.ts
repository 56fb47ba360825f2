import { PassThrough } from 'node:stream';
import { errorBody } from '@footbridge/contracts';
import { ask, askText, askWhole } from '../src/relay/ask.ts';
import type { Answerer, EchoCall } from '../src/relay/echo.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { expect, expectAlive, newVisitor, ownFields, pause, test } from '../src/relay/fixtures.ts';
import type { Front, Stand } from '../src/relay/stand.ts';
import { transports } from '../src/relay/transports.ts';
import type { Visitor } from '../src/visitor.ts';

test.use({ standSettings: { RELAY_TIMEOUT_SECONDS: '1' } });

const target = '/api/proxy/echo/broken';

/** Writes bytes that no HTTP server would, in place of an answer. */
const instead =
  (bytes: string): Answerer =>
  ({ response }) => {
    response.socket?.end(bytes, 'latin1');
  };

const reset: Answerer = ({ response }) => void response.socket?.resetAndDestroy();

/** What a broken API does before there is a head, and what the browser is told. */
const failures: readonly (readonly [string, Answerer, 502 | 504])[] = [
  ['never answers', () => undefined, 504],
  ['is silent after half a head', ({ response }) => void response.socket?.write('HTTP/1.1 200 OK\r\ncontent-'), 504],
  ['resets the connection', reset, 502],
  ['closes the connection', instead(''), 502],
  ['closes it after half a head', instead('HTTP/1.1 200 OK\r\ncontent-'), 502],
  ['speaks another protocol', instead('220 mail.inside.example ESMTP ready\r\n'), 502],
  ['speaks no protocol at all', instead('\u0000\u00ff\u0016\u0003\u0001 garbage \r\n\r\n'), 502],
  ['answers with a status that is none', instead('HTTP/1.1 20x OK\r\n\r\n'), 502],
  ['says two lengths', instead('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'), 502],
  ['sends a line feed in a header', instead('HTTP/1.1 200 OK\r\nx: a\nset-cookie: b\r\n broken header\r\n\r\n'), 502],
  ['sends a head of a megabyte', instead(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(1_000_000)}\r\n\r\n`), 502],
];

/** What breaks off after the head: the client must never take it for whole. */
const truncations: readonly (readonly [string, Answerer])[] = [
  [
    'a length',
    ({ response }) => void response.writeHead(200, { 'content-length': 1_000_000 }).write(Buffer.alloc(500_000)),
  ],
  ['chunks', ({ response }) => void response.writeHead(200).write(Buffer.alloc(500_000))],
];

for (const transport of transports) {
  test.describe(`the ${transport}, when the API`, () => {
    for (const [what, answerer, status] of failures) {
      test(`${what}: ${status}`, async ({ stand }) => {
        const front = stand.fronts[transport];
        const { visitor } = await newVisitor(front);
        stand.echo.answer('/api/echo/broken', answerer);
        for (const method of ['GET', 'POST']) {
          const started = performance.now();
          await expectFailure({ stand, front, visitor, method, status });
          expect(performance.now() - started).toBeLessThan(3_000);
        }
        await expectAlive(front, visitor);
      });
    }

    test('refuses connections: 502, until it is back', async ({ stand }) => {
      const front = stand.fronts[transport];
      const { visitor } = await newVisitor(front);
      stand.echo.answer('/api/echo/broken', ({ response }) => void response.end('well'));
      await stand.echo.deafen();
      try {
        for (const method of ['GET', 'POST']) await expectFailure({ stand, front, visitor, method, status: 502 });
      } finally {
        await stand.echo.listen();
      }
      const { status, text } = await askText(front.url, { target, fields: ownFields(visitor) });
      expect([status, text]).toEqual([200, 'well']);
    });

    for (const [framing, begin] of truncations) {
      for (const [ending, end] of [
        ['closes', instead('')],
        ['resets', reset],
      ] as const) {
        test(`${ending} in the middle of a body with ${framing}: an error, never a clean end`, async ({ stand }) => {
          const front = stand.fronts[transport];
          const { visitor } = await newVisitor(front);
          stand.echo.answer('/api/echo/broken', async (call: EchoCall) => {
            await begin(call);
            await pause(100);
            await end(call);
          });
          const { status, body } = await ask(front.url, { target, fields: ownFields(visitor) });
          expect(status).toBe(200);
          await expect(body.toArray()).rejects.toThrow(/aborted|reset|terminated/i);
          await expectAlive(front, visitor);
        });
      }
    }

    test('closes connections between requests: nobody notices', async ({ stand }) => {
      const front = stand.fronts[transport];
      const { visitor } = await newVisitor(front);
      stand.echo.answer('/api/echo/broken', ({ response }) => {
        const { socket } = response;
        response.end('well', () => setTimeout(() => socket?.destroySoon(), Math.random() * 4));
      });
      const statuses: number[] = [];
      for (let round = 0; round < 200; round += 1) {
        const { status } = await askWhole(front.url, { target, fields: ownFields(visitor) });
        statuses.push(status);
        await pause(Math.random() * 4);
      }
      expect(statuses.filter((status) => status !== 200)).toEqual([]);
    });

    test('answers before it has read the upload, and closes: the answer arrives', async ({ stand }) => {
      const front = stand.fronts[transport];
      const { visitor } = await newVisitor(front);
      stand.echo.answer('/api/echo/broken', ({ response }) => {
        response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' }).end('too much');
      });
      const answer = await askText(front.url, {
        method: 'POST',
        target,
        fields: ownFields(visitor),
        body: Buffer.alloc(60_000),
        length: 60_000,
      });
      expect([answer.status, answer.text]).toEqual([413, 'too much']);
      await expectAlive(front, visitor);
    });
  });

  test(`the ${transport} gives up on an upload that its client breaks off`, async ({ stand }) => {
    const front = stand.fronts[transport];
    const { visitor } = await newVisitor(front);
    const heard = new Promise<string>((resolve) => {
      stand.echo.answer('/api/echo/broken', ({ digest }) =>
        digest().then(
          () => resolve('whole'),
          () => resolve('broken off'),
        ),
      );
    });
    const leave = new AbortController();
    const body = new PassThrough();
    body.write(Buffer.alloc(50_000));
    setTimeout(() => leave.abort(), 300);
    const fields = ownFields(visitor);
    const asking = ask(front.url, { method: 'POST', target, fields, body, length: 100_000, signal: leave.signal });
    await expect(asking).rejects.toThrow(/abort|socket hang up/i);
    expect(await heard).toBe('broken off');
    await expectAlive(front, visitor);
  });
}

interface Failing {
  readonly stand: Stand;
  readonly front: Front;
  readonly visitor: Visitor;
  readonly method: string;
  readonly status: 502 | 504;
}

/** One JSON shape, and not a word about the inside. */
async function expectFailure({ stand, front, visitor, method, status }: Failing): Promise<void> {
  const body = method === 'POST' ? { body: Buffer.from('{}'), length: 2 } : {};
  const fields: Field[] = [...ownFields(visitor), ['content-type', 'application/json']];
  const answer = await askText(front.url, { method, target, fields, ...body });
  expect(answer.status, answer.text).toBe(status);
  expect(errorBody.strict().parse(JSON.parse(answer.text))).toMatchObject({
    code: status === 504 ? 'gateway_timeout' : 'bad_gateway',
    requestId: valuesOf(answer.fields, 'x-request-id')[0],
  });
  expect(valuesOf(answer.fields, 'cache-control')).toEqual(['private, no-store']);
  expect(valuesOf(answer.fields, 'set-cookie')).toEqual([]);
  const said = JSON.stringify(answer);
  for (const secret of ['127.0.0.1', String(stand.echo.port), 'Bearer', 'eyJ', 'ECONN', 'undici']) {
    expect(said).not.toContain(secret);
  }
}
