import { ask, askWhole } from '../src/relay/ask.ts';
import { type Digest, digestOf, manyBytes } from '../src/relay/bytes.ts';
import type { Answerer } from '../src/relay/echo.ts';
import { recordFigures } from '../src/relay/figures.ts';
import { expect, expectAlive, newVisitor, ownFields, pause, test } from '../src/relay/fixtures.ts';
import { forgetPeak, residentMemory } from '../src/relay/memory.ts';
import type { Front } from '../src/relay/stand.ts';
import { transports } from '../src/relay/transports.ts';

const mebibyte = 1024 * 1024;
const mostGrowth = 96 * mebibyte;
const sizes = { '100 MiB': 100 * mebibyte, '1 GiB': 1024 * mebibyte } as const;

/** What may be on its way between two ends that both wait: four socket buffers of the kernel's, and the streams'. */
const mostOnTheWay = 48 * mebibyte;

const giveBytes: Answerer = ({ reached, response }) => {
  const length = Number(new URL(reached.target, 'http://echo').searchParams.get('bytes'));
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length });
  manyBytes(length).pipe(response);
};

for (const transport of transports) {
  test.describe(`the ${transport}`, () => {
    test.skip(process.platform !== 'linux', 'the kernel tells what a process holds on Linux alone');

    for (const direction of ['up', 'down'] as const) {
      test(`a gigabyte ${direction} is whole, and costs no more memory than a tenth of it`, async ({ stand }) => {
        test.setTimeout(240_000);
        const front = stand.fronts[transport];
        const growths: number[] = [];
        for (const [size, length] of Object.entries(sizes)) {
          await startAfresh(front);
          const { visitor } = await newVisitor(front);
          const fields = ownFields(visitor);
          for (let warmUp = 0; warmUp < 20; warmUp += 1) {
            await askWhole(front.url, {
              method: 'POST',
              target: '/api/proxy/echo/warm',
              fields,
              body: Buffer.alloc(1000),
            });
          }
          const { now: idle, pid } = await beginPeak(front);

          const started = performance.now();
          const received = direction === 'up' ? await up(length) : await down(length);
          const seconds = (performance.now() - started) / 1000;
          expect(received).toEqual(await digestOf(manyBytes(length)));

          const growth = (await residentMemory(pid)).peak - idle;
          growths.push(growth);
          recordFigures(`relay, ${transport}: ${size} ${direction}`, {
            growthMiB: Math.round(growth / mebibyte),
            idleMiB: Math.round(idle / mebibyte),
            mebibytesPerSecond: Math.round(length / mebibyte / seconds),
          });
          expect(growth, `${size} ${direction}`).toBeLessThan(mostGrowth);

          async function up(bytes: number): Promise<Digest> {
            let arrived: Digest = { bytes: 0, sha256: '' };
            stand.echo.answer('/api/echo/take', async ({ response, digest }) => {
              arrived = await digest();
              response.end();
            });
            const body = manyBytes(bytes);
            const target = '/api/proxy/echo/take';
            const answer = await askWhole(front.url, { method: 'PUT', target, fields, body, length: bytes });
            expect(answer.status).toBe(200);
            return arrived;
          }

          async function down(bytes: number): Promise<Digest> {
            stand.echo.answer('/api/echo/give', giveBytes);
            const answer = await askWhole(front.url, { target: `/api/proxy/echo/give?bytes=${bytes}`, fields });
            expect(answer.status).toBe(200);
            return answer.digest;
          }
        }
        const [small = 0, large = 0] = growths;
        expect(large - small, 'ten times the bytes cost no more').toBeLessThan(mostGrowth / 2);
      });
    }

    test('a client that reads slowly slows the API down', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const length = 256 * mebibyte;
      const source = manyBytes(length);
      let accepted = 0;
      source.on('data', (piece: Buffer) => {
        accepted += piece.byteLength;
      });
      source.pause();
      echo.answer('/api/echo/endless', ({ response }) => void source.pipe(response));

      const target = '/api/proxy/echo/endless';
      const { body } = await ask(fronts[transport].url, { target, fields: ownFields(visitor) });
      const whileNobodyReads = await untilSteady(() => accepted);
      expect(whileNobodyReads).toBeLessThan(mostOnTheWay);

      expect(await digestOf(body)).toEqual(await digestOf(manyBytes(length)));
      expect(accepted).toBe(length);
      await expectAlive(fronts[transport], visitor);
    });

    test('an API that reads slowly slows the client down', async ({ stand }) => {
      const { echo, fronts } = stand;
      const { visitor } = await newVisitor(fronts[transport]);
      const length = 256 * mebibyte;
      const source = manyBytes(length);
      let sent = 0;
      source.on('data', (piece: Buffer) => {
        sent += piece.byteLength;
      });
      source.pause();
      let read: (() => void) | undefined;
      const mayRead = new Promise<void>((resolve) => {
        read = resolve;
      });
      let arrived: Digest | undefined;
      echo.answer('/api/echo/lazy', async ({ response, digest }) => {
        await mayRead;
        arrived = await digest();
        response.end();
      });

      const target = '/api/proxy/echo/lazy';
      const fields = ownFields(visitor);
      const answer = askWhole(fronts[transport].url, { method: 'PUT', target, fields, body: source, length });
      expect(await untilSteady(() => sent)).toBeLessThan(mostOnTheWay);

      read?.();
      expect((await answer).status).toBe(200);
      expect(arrived).toEqual(await digestOf(manyBytes(length)));
    });
  });
}

async function startAfresh({ web }: Front): Promise<void> {
  await web.stop('SIGKILL');
  await web.start();
}

/** What the process holds when it has nothing to do; from here on its highest counts. */
async function beginPeak({ web }: Front): Promise<{ now: number; pid: number }> {
  const { pid } = web;
  if (pid === undefined) throw new Error('the frontend is not running');
  await pause(300);
  await forgetPeak(pid);
  return { now: (await residentMemory(pid)).now, pid };
}

/** The value of a counter once it has stood still for a second. */
async function untilSteady(count: () => number): Promise<number> {
  for (let last = -1, stillFor = 0; stillFor < 10; ) {
    await pause(100);
    const now = count();
    stillFor = now === last && now > 0 ? stillFor + 1 : 0;
    last = now;
  }
  return count();
}
