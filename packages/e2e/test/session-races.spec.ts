import { randomBytes } from 'node:crypto';
import { postgresAnswers } from '../src/database.ts';
import { expect, test } from '../src/fixtures.ts';
import { type Fleet, startFleet } from '../src/fleet.ts';
import { Visitor } from '../src/visitor.ts';

/** Two frontends and two APIs on real PostgreSQL. A successor outlives the hundred requests that wait for it. */
const accessTokenSeconds = 20;

test.describe.configure({ mode: 'serial' });

let fleet: Fleet;
test.beforeAll(async () => {
  test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
  test.setTimeout(120_000);
  fleet = await startFleet({ settings: { ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds) } });
});
test.afterAll(async () => fleet?.close());
test.afterEach(() => fleet?.wire.setWeather(() => ({ kind: 'deliver' })));

const newEmail = (): string => `visitor-${randomBytes(6).toString('hex')}@example.com`;

async function newVisitor(): Promise<{ visitor: Visitor; email: string }> {
  const [visitor, email] = [new Visitor(), newEmail()];
  await visitor.register(fleet.webUrls[0] ?? '', email);
  return { visitor, email };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const untilExpired = (): Promise<void> => pause(accessTokenSeconds * 1000 + 100);

/** The session's generation as the row has it, and how often it was rotated is what it says. */
async function generationOf(email: string): Promise<unknown> {
  const rows = await fleet.database.query(
    'SELECT s.generation FROM "Session" s JOIN "User" u ON u.id = s."userId" WHERE u.email = $1',
    [email],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.['generation'];
}

/** The refresh tokens that the API handed out since then, each once. */
function successorsSince(start: number): Set<string> {
  const answers = fleet.wire.exchanges.slice(start).filter(({ path }) => path === '/api/refresh');
  return new Set(answers.flatMap(({ responseBody }) => /"refreshToken":"([^"]+)"/.exec(responseBody)?.[1] ?? []));
}

async function openEverywhere(visitor: Visitor, count: number): Promise<{ status: number; isUser: boolean }[]> {
  const visits = Array.from({ length: count }, async (_, index) => {
    const webUrl = fleet.webUrls[index % fleet.webUrls.length] ?? '';
    const visit = await visitor.clone().open(`${webUrl}/private`);
    return { status: visit.status, isUser: visit.path === '/private' && visit.body.includes('@example.com') };
  });
  return Promise.all(visits);
}

const served = { status: 200, isUser: true };

test('a hundred requests on an expired token rotate once', async () => {
  test.setTimeout(120_000);
  const { visitor, email } = await newVisitor();
  await untilExpired();
  const start = fleet.wire.exchanges.length;
  const visits = await openEverywhere(visitor, 100);
  expect(visits).toEqual(Array.from({ length: 100 }, () => served));
  expect(await generationOf(email)).toBe(2);
  expect(successorsSince(start).size).toBe(1);
});

test('a refresh that takes ten seconds logs nobody out', async () => {
  test.setTimeout(120_000);
  const { visitor, email } = await newVisitor();
  await untilExpired();
  const start = fleet.wire.exchanges.length;
  fleet.wire.setWeather(({ path }) => ({ kind: 'deliver', afterMs: path === '/api/refresh' ? 10_000 : 0 }));
  const visits = await openEverywhere(visitor, 100);
  expect(visits).toEqual(Array.from({ length: 100 }, () => served));
  expect(await generationOf(email)).toBe(2);
  expect(successorsSince(start).size).toBe(1);
});

test('fifty rounds of lost refresh answers log nobody out', async () => {
  test.setTimeout(240_000);
  const { visitor, email } = await newVisitor();
  for (let round = 1; round <= 50; round += 1) {
    const start = fleet.wire.exchanges.length;
    fleet.wire.setWeather(({ path }) => (path === '/api/refresh' ? { kind: 'lose' } : { kind: 'deliver' }));
    const lost = await Promise.all(fleet.webUrls.map((webUrl) => visitor.clone().call(`${webUrl}/api/refresh`)));
    expect(lost.map(({ status }) => status)).toEqual([503, 503]);
    expect(lost.flatMap((answer) => answer.headers.getSetCookie())).toEqual([]);

    fleet.wire.setWeather(() => ({ kind: 'deliver' }));
    const webUrl = fleet.webUrls[round % fleet.webUrls.length] ?? '';
    expect((await visitor.call(`${webUrl}/api/refresh`)).status, `round ${round}`).toBe(200);
    expect(successorsSince(start).size).toBe(1);
  }
  expect(await generationOf(email)).toBe(51);
  const [visit] = await openEverywhere(visitor, 1);
  expect(visit).toEqual(served);
});

test('two users who refresh together never meet', async () => {
  test.setTimeout(240_000);
  const pair = await Promise.all([newVisitor(), newVisitor()]);
  for (let round = 0; round < 1000; round += 1) {
    const webUrl = fleet.webUrls[round % fleet.webUrls.length] ?? '';
    const answers = await Promise.all(pair.map(({ visitor }) => visitor.call(`${webUrl}/api/refresh`)));
    for (const [index, answer] of answers.entries()) {
      expect(answer.status, `round ${round}`).toBe(200);
      const body: unknown = await answer.json();
      expect(body).toMatchObject({ data: { user: { email: pair[index]?.email } } });
    }
  }
});

test('after a logout nothing is served, in five hundred races', async () => {
  test.setTimeout(400_000);
  for (let round = 0; round < 500; round += 1) {
    const { visitor, email } = await newVisitor();
    const [here = '', there = ''] = round % 2 === 0 ? fleet.webUrls : fleet.webUrls.toReversed();
    const [leaving, staying] = [visitor.clone(), visitor.clone()];
    const [logout, refreshed] = await Promise.all([
      leaving.call(`${here}/api/logout`),
      staying.call(`${there}/api/refresh`),
    ]);
    expect(logout.status, `round ${round}`).toBe(200);
    expect([200, 401], `round ${round}`).toContain(refreshed.status);
    const after = await staying.call(`${here}/api/refresh`);
    expect(after.status, `round ${round}: ${email}`).toBe(401);
  }
});
