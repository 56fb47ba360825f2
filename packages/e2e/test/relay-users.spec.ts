import type { Reached } from '../src/relay/echo.ts';
import { valuesOf } from '../src/relay/fields.ts';
import { expect, newVisitor, pause, test } from '../src/relay/fixtures.ts';
import type { Front } from '../src/relay/stand.ts';
import { transports } from '../src/relay/transports.ts';
import type { Visitor } from '../src/visitor.ts';

const accessTokenSeconds = 2;
const [waves, callsPerWave, betweenWavesMs] = [25, 100, 400];

test.use({ standSettings: { ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds) } });

/** Somebody, with the id that the API knows them by. */
interface User {
  readonly visitor: Visitor;
  readonly id: string;
}

for (const transport of transports) {
  const total = waves * callsPerWave * 2;
  test(`two users' ${total} calls through the ${transport} never meet, across refreshes`, async ({ stand }) => {
    test.setTimeout(120_000);
    const { echo, fronts } = stand;
    const front = fronts[transport];
    const users = await Promise.all([newUser(front), newUser(front)]);
    const start = echo.reached.length;
    const [statuses, foreign] = [new Map<number, number>(), [] as string[]];

    const call = async ({ visitor, id }: User, index: number): Promise<void> => {
      const answer = await visitor.call(`${front.url}/api/proxy/echo/who/${index}`, 'GET');
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const body: unknown = await answer.json();
      const isOwn = typeof body === 'object' && body !== null && 'sub' in body && body.sub === id;
      if (!isOwn) foreign.push(JSON.stringify(body));
    };
    for (let wave = 0; wave < waves; wave += 1) {
      const calls = Array.from({ length: callsPerWave }, (_, index) => users.map((user) => call(user, index)));
      await Promise.all([...calls.flat(), pause(betweenWavesMs)]);
      for (const { visitor, id } of users) expect((await whoIs(front, visitor)).id).toBe(id);
    }

    expect([...statuses]).toEqual([[200, total]]);
    expect(foreign).toEqual([]);
    const tokens = tokensSince(echo.reached, start);
    expect(tokens.size, 'both were refreshed several times').toBeGreaterThan(2 * 3);
  });
}

async function newUser(front: Front): Promise<User> {
  const { visitor } = await newVisitor(front);
  return { visitor, id: (await whoIs(front, visitor)).id };
}

/** The real API's word, through the same relay. */
async function whoIs(front: Front, visitor: Visitor): Promise<{ readonly id: string }> {
  const answer = await visitor.call(`${front.url}/api/proxy/me`, 'GET');
  const body: unknown = await answer.json();
  expect([answer.status, body]).toMatchObject([200, { data: { user: { id: expect.any(String) } } }]);
  const id = /"id":"([^"]+)"/.exec(JSON.stringify(body))?.[1];
  if (id === undefined) throw new Error('the API names no user');
  return { id };
}

function tokensSince(reached: readonly Reached[], start: number): Set<string> {
  return new Set(reached.slice(start).flatMap(({ fields }) => valuesOf(fields, 'authorization')));
}
