import { createGunzip } from 'node:zlib';
import { ask, askWhole, type Head } from '../src/relay/ask.ts';
import type { Answerer } from '../src/relay/echo.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { median, recordFigures } from '../src/relay/figures.ts';
import { expect, newVisitor, ownFields, pause, test } from '../src/relay/fixtures.ts';
import type { Front, Stand } from '../src/relay/stand.ts';
import { transports } from '../src/relay/transports.ts';
import type { Visitor } from '../src/visitor.ts';

const beforeFirstMs = 300;
const betweenMs = 1_000;
const measured = 5;

interface Written {
  firstAt: number;
  secondAt: number;
  over: Promise<number>;
}

/** Writes two events, a second apart, and stays open. */
function writesTwoEvents(written: Written): Answerer {
  return async ({ reached, response }) => {
    written.over = reached.over;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.flushHeaders();
    await pause(beforeFirstMs);
    written.firstAt = performance.now();
    response.write('id: 1\ndata: first\n\n');
    await pause(betweenMs);
    written.secondAt = performance.now();
    response.write('id: 2\ndata: second\n\n');
  };
}

const encodings: readonly (readonly [string, readonly Field[]])[] = [
  ['without Accept-Encoding', []],
  ['with Accept-Encoding: gzip', [['accept-encoding', 'gzip']]],
];

for (const transport of transports) {
  test.describe(`the ${transport}`, () => {
    for (const [what, fields] of encodings) {
      test(`sends head and events on at once, ${what}`, async ({ stand }) => {
        const front = stand.fronts[transport];
        const { visitor } = await newVisitor(front);
        const [headsMs, eventsMs]: [number[], number[]] = [[], []];
        for (let round = 0; round < measured; round += 1) {
          const written: Written = { firstAt: 0, secondAt: 0, over: Promise.resolve(0) };
          stand.echo.answer('/api/echo/events', writesTwoEvents(written));
          const asked = performance.now();
          const head = await openEvents(front, visitor, fields);
          const headAt = performance.now();
          expect(head.status).toBe(200);
          expect(valuesOf(head.fields, 'cache-control')).toEqual(['private, no-store, no-transform']);
          expect(valuesOf(head.fields, 'x-accel-buffering')).toEqual(['no']);
          expect(written.firstAt, 'the head comes before any event').toBe(0);

          const firstAt = await untilEvent(head, 'first');
          expect(written.secondAt, 'the first event comes before the second is written').toBe(0);
          headsMs.push(headAt - asked);
          eventsMs.push(firstAt - written.firstAt);

          const left = performance.now();
          head.body.destroy();
          expect((await written.over) - left, 'a client that leaves closes the upstream').toBeLessThan(1_000);
        }
        recordFigures(`relay, ${transport}: event stream ${what}`, {
          headMs: median(headsMs),
          eventMs: median(eventsMs),
          rounds: measured,
        });
        expect(median(eventsMs)).toBeLessThan(100);
      });
    }

    test('a hundred open streams do not slow anything else', async ({ stand }) => {
      const front = stand.fronts[transport];
      const { visitor } = await newVisitor(front);
      stand.echo.answer('/api/echo/quiet', ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      });
      const before = await sessionReportMs(front, visitor);
      const streams = await Promise.all(
        Array.from({ length: 100 }, () =>
          ask(front.url, { target: '/api/proxy/echo/quiet', fields: ownFields(visitor) }),
        ),
      );
      expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
      await expect(async () => {
        const during = await sessionReportMs(front, visitor);
        recordFigures(`relay, ${transport}: /api/session beside 100 streams`, { beforeMs: before, duringMs: during });
        expect(during).toBeLessThan(before * 3 + 10);
      }).toPass({ timeout: 20_000 });

      const open = openStreams(stand);
      const left = performance.now();
      for (const { body } of streams) body.destroy();
      const lastClosed = Math.max(...(await Promise.all(open)));
      expect(lastClosed - left).toBeLessThan(2_000);
    });
  });
}

function openStreams({ echo }: Stand): Promise<number>[] {
  return echo.reached.filter(({ target }) => target === '/api/echo/quiet').map(({ over }) => over);
}

function openEvents({ url }: Front, visitor: Visitor, fields: readonly Field[]): Promise<Head> {
  const accept: Field = ['accept', 'text/event-stream'];
  return ask(url, { target: '/api/proxy/echo/events', fields: [...ownFields(visitor), accept, ...fields] });
}

/** When an event has been read. Were it compressed after all, it would still have to come through at once. */
function untilEvent({ fields, body }: Head, name: string): Promise<number> {
  const isCompressed = valuesOf(fields, 'content-encoding').includes('gzip');
  const text = isCompressed ? body.pipe(createGunzip()) : body;
  return new Promise((resolve, reject) => {
    let received = '';
    text.on('data', (chunk: Buffer) => {
      received += chunk.toString('utf8');
      if (received.includes(`data: ${name}\n\n`)) resolve(performance.now());
    });
    text.on('close', () => reject(new Error(`the stream ended with ${JSON.stringify(received)}`)));
    text.on('error', reject);
  });
}

async function sessionReportMs({ url }: Front, visitor: Visitor): Promise<number> {
  const durations: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    const start = performance.now();
    await askWhole(url, { target: '/api/session', fields: ownFields(visitor) });
    durations.push(performance.now() - start);
  }
  return median(durations);
}
