import type { Agent } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, askWhole, keptConnections } from '../src/relay/ask.ts';
import { type Digest, digestOfBytes } from '../src/relay/bytes.ts';
import type { Answerer, Reached } from '../src/relay/echo.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { expect, newVisitor, ownFields, test } from '../src/relay/fixtures.ts';
import { expectedAtApi, expectedAtBrowser, foundAtApi, foundAtBrowser } from '../src/relay/policy.ts';
import { createRandom, seedOfThisRun } from '../src/relay/random.ts';
import { fillBodies, type RandomAnswer, type RandomExchange, randomExchange } from '../src/relay/random-exchange.ts';
import { type Transport, transports } from '../src/relay/transports.ts';

const rounds = 2_000;
const atOnce = 8;
const bearer = /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/;

/** One of two ways to the API: past the frontend, or through it. */
interface Way {
  readonly url: string;
  readonly base: string;
  readonly own: readonly Field[];
  readonly agent: Agent;
}

/** What was sent and what arrived, at the API and back. */
interface Crossing {
  readonly reached: Reached;
  readonly answer: Answer;
}

for (const transport of transports) {
  const limits = transport === 'route handler' ? ', but for what Next writes anew or keeps' : '';
  test(`${rounds} random requests cross the ${transport} as they were sent${limits}`, async ({ stand }) => {
    test.setTimeout(180_000);
    const seed = seedOfThisRun();
    process.stdout.write(`RELAY_SEED=${seed}\n`);
    const random = createRandom(seed);
    fillBodies(random);
    const { echo, fronts } = stand;
    const front = fronts[transport];
    const { visitor } = await newVisitor(front);
    const [toApi, toFront] = [keptConnections(atOnce), keptConnections(atOnce)];
    const direct: Way = { url: echo.url, base: '/api/echo', own: [], agent: toApi };
    const relayed: Way = { url: front.url, base: '/api/proxy/echo', own: ownFields(visitor), agent: toFront };

    const cross = async (exchange: RandomExchange, id: string, way: Way): Promise<Crossing> => {
      const before = echo.reached.length;
      const answer = await send(exchange, id, way);
      const found = echo.reached.slice(before).filter(({ fields }) => valuesOf(fields, 'x-request-id')[0] === id);
      const [reached] = found;
      if (reached === undefined || found.length > 1) {
        const what = `${id}: ${exchange.method} ${way.base}${exchange.target}`;
        throw new Error(`${what} reached the API ${found.length} times; status ${answer.status}`);
      }
      return { reached, answer };
    };

    let next = 0;
    const work = async (): Promise<void> => {
      while (next < rounds) {
        const id = `seed-${seed}-${next}`;
        next += 1;
        const exchange = randomExchange(random, transport);
        const bodies: Digest[] = [];
        echo.answer(id, answerAs(exchange.answer, bodies));
        const sent = await cross(exchange, id, direct);
        const found = await cross(exchange, id, relayed);
        const body = digestOfBytes(exchange.body ?? Buffer.alloc(0));
        const expected = {
          method: sent.reached.method,
          target: targetAs(transport, sent.reached.target),
          fields: expectedAtApi(sent.reached.fields, transport),
          host: [new URL(echo.url).host],
          hasBearer: true,
          bodies: [body, body],
          answer: { ...sent.answer, fields: expectedAtBrowser(sent.answer, id, transport) },
        };
        const actual = {
          method: found.reached.method,
          target: targetAs(transport, found.reached.target),
          fields: foundAtApi(found.reached.fields),
          host: valuesOf(found.reached.fields, 'host'),
          hasBearer: bearer.test(valuesOf(found.reached.fields, 'authorization').join()),
          bodies,
          answer: { ...found.answer, fields: foundAtBrowser(found.answer.fields, transport) },
        };
        // Thousands of steps would fill the report: only what differs is worth one.
        if (!isDeepStrictEqual(actual, expected)) expect(actual, id).toEqual(expected);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    toApi.destroy();
    toFront.destroy();
  });
}

/** Next writes a query anew, as forms do, and puts what has one name together: the same names and values are left. */
function targetAs(transport: Transport, target: string): string {
  if (transport === 'custom server') return target;
  const [path = '', ...query] = target.split('?');
  const pairs = new URLSearchParams(`?${query.join('?')}`); // it drops one question mark
  pairs.sort();
  return `${path}?${pairs.toString()}`;
}

function send({ method, target, fields, body, isChunked }: RandomExchange, id: string, way: Way): Promise<Answer> {
  return askWhole(way.url, {
    method,
    target: way.base + target,
    fields: [...way.own, ...fields, ['x-request-id', id]],
    agent: way.agent,
    ...(body && { body }),
    ...(body && !isChunked && { length: body.byteLength }),
  });
}

function answerAs({ status, statusText, fields, body, isChunked }: RandomAnswer, bodies: Digest[]): Answerer {
  return async ({ reached, response, digest }) => {
    bodies.push(await digest());
    const hasLength = !isChunked && status !== 204 && status !== 304;
    const length: Field[] = hasLength ? [['content-length', String(body.byteLength)]] : [];
    response.writeHead(status, statusText, [...fields, ...length].flat());
    const half = Math.floor(body.byteLength / 2);
    if (reached.method !== 'HEAD' && half > 0) response.write(body.subarray(0, half));
    response.end(reached.method === 'HEAD' ? undefined : body.subarray(half));
  };
}
