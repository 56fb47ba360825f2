import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { postgresAnswers } from '../src/database.ts';
import { expect, test } from '../src/fixtures.ts';
import { type Fleet, startFleet } from '../src/fleet.ts';
import { Visitor } from '../src/visitor.ts';

const graceSeconds = 2;

test.describe.configure({ mode: 'serial' });

let fleet: Fleet;
test.beforeAll(async () => {
  test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
  test.setTimeout(120_000);
  fleet = await startFleet({ settings: { REFRESH_GRACE_SECONDS: String(graceSeconds) } });
});
test.afterAll(async () => fleet?.close());

const newEmail = (): string => `visitor-${randomBytes(6).toString('hex')}@example.com`;
const pause = async (ms: number): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
};

/** Until every frontend process refuses this visitor's page, in milliseconds from now. */
async function untilRefusedEverywhere(visitor: Visitor): Promise<number> {
  const start = performance.now();
  for (;;) {
    const visits = await Promise.all(fleet.webUrls.map((webUrl) => visitor.clone().open(`${webUrl}/private`)));
    if (visits.every(({ path }) => path === '/login')) return performance.now() - start;
    if (performance.now() - start > 5_000) throw new Error('still served after five seconds');
    await pause(5);
  }
}

async function sessionIdOf(email: string): Promise<string> {
  const rows = await fleet.database.query(
    'SELECT s.id FROM "Session" s JOIN "User" u ON u.id = s."userId" WHERE u.email = $1 ORDER BY s."createdAt" DESC',
    [email],
  );
  return String(rows[0]?.['id']);
}

/** What a thief would have copied off the wire between frontend and API. */
function lastRefreshToken(): string {
  const tokens = fleet.wire.exchanges.flatMap(
    ({ responseBody }) => /"refreshToken":"([^"]+)"/.exec(responseBody)?.[1] ?? [],
  );
  return tokens.at(-1) ?? '';
}

async function presentAtApi(refreshToken: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${fleet.apiUrls[0]}/api/refresh`, {
    method: 'POST',
    headers: { authorization: fleet.clientCredential, 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  });
  return { status: response.status, body: await response.json() };
}

test('a stolen old token ends its session everywhere, and no other', async () => {
  const [visitor, otherDevice, email] = [new Visitor(), new Visitor(), newEmail()];
  await visitor.register(fleet.webUrls[0] ?? '', email);
  const stolen = lastRefreshToken();
  await otherDevice.logIn(fleet.webUrls[1] ?? '', email);
  expect((await visitor.call(`${fleet.webUrls[0]}/api/refresh`)).status).toBe(200);

  expect((await presentAtApi(stolen)).status, 'inside the grace it is a parallel request').toBe(200);
  await pause(graceSeconds * 1000 + 200);
  expect(await presentAtApi(stolen)).toMatchObject({ status: 401, body: { code: 'refresh_token_reused' } });

  expect(await untilRefusedEverywhere(visitor)).toBeLessThan(1_000);
  const visit = await otherDevice.open(`${fleet.webUrls[0]}/private`);
  expect([visit.status, visit.path]).toEqual([200, '/private']);
});

test('a copied cookie ends its session for both who hold it', async () => {
  const [owner, otherDevice, email] = [new Visitor(), new Visitor(), newEmail()];
  await owner.register(fleet.webUrls[0] ?? '', email);
  await otherDevice.logIn(fleet.webUrls[0] ?? '', email);
  const thief = owner.clone();
  expect((await thief.call(`${fleet.webUrls[1]}/api/refresh`)).status).toBe(200);
  expect((await thief.clone().open(`${fleet.webUrls[1]}/private`)).path).toBe('/private');

  await pause(graceSeconds * 1000 + 200);
  const late = await owner.call(`${fleet.webUrls[0]}/api/refresh`);
  expect([late.status, await late.json()]).toMatchObject([401, { code: 'refresh_token_reused' }]);
  await untilRefusedEverywhere(thief);
  expect((await otherDevice.open(`${fleet.webUrls[1]}/private`)).path).toBe('/private');
});

test('an ended session is refused everywhere within a second', async () => {
  test.setTimeout(240_000);
  const latencies: number[] = [];
  const [owner, email] = [new Visitor(), newEmail()];
  await owner.register(fleet.webUrls[0] ?? '', email);
  const ownerToken = fleet.wire.issuedTokens().at(-2) ?? '';
  for (let round = 0; round < 100; round += 1) {
    const device = new Visitor();
    await device.logIn(fleet.webUrls[round % 2] ?? '', email);
    for (const webUrl of fleet.webUrls) expect((await device.open(`${webUrl}/private`)).path).toBe('/private');
    const id = await sessionIdOf(email);

    const before = fleet.wire.exchanges.length;
    const ended = await fetch(`${fleet.apiUrls[round % 2]}/api/sessions/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ownerToken}` },
    });
    expect(ended.status).toBe(200);
    latencies.push(await untilRefusedEverywhere(device));
    expect(fleet.wire.exchanges.slice(before), 'page views ask nothing of the API').toEqual([]);
  }
  latencies.sort((left, right) => left - right);
  record('revocation seen by both frontends, ms', { median: latencies[50], worst: latencies.at(-1), rounds: 100 });
  expect(latencies.at(-1)).toBeLessThan(1_000);
});

test('ending all sessions reaches every frontend', async () => {
  const [here, there, email] = [new Visitor(), new Visitor(), newEmail()];
  await here.register(fleet.webUrls[0] ?? '', email);
  const token = fleet.wire.issuedTokens().at(-2) ?? '';
  await there.logIn(fleet.webUrls[1] ?? '', email);
  const answer = await fetch(`${fleet.apiUrls[0]}/api/logout-all`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  expect(await untilRefusedEverywhere(here)).toBeLessThan(1_000);
  expect(await untilRefusedEverywhere(there)).toBeLessThan(1_000);
});

for (const minutes of [-1, 1]) {
  test(`a frontend whose clock is ${minutes} min off neither loops nor logs out`, async () => {
    test.setTimeout(120_000);
    const preload = fileURLToPath(new URL('../src/clock-shift.mjs', import.meta.url));
    const skewed = await startFleet({
      webs: 1,
      apis: 1,
      settings: { ACCESS_TOKEN_TTL_SECONDS: '3' },
      webEnvironment: { NODE_OPTIONS: `--import ${preload}`, CLOCK_SHIFT_MS: String(minutes * 60_000) },
    });
    try {
      const visitor = new Visitor();
      const webUrl = skewed.webUrls[0] ?? '';
      await visitor.register(webUrl, newEmail());
      for (let view = 0; view < 8; view += 1) {
        const visit = await visitor.open(`${webUrl}/private`);
        expect([visit.status, visit.path, visit.hops <= 2]).toEqual([200, '/private', true]);
        await pause(900);
      }
    } finally {
      await skewed.close();
    }
  });
}

/** Figures are written beside the reports, so that documents can say what was measured and when. */
function record(what: string, figures: Record<string, unknown>): void {
  const folder = fileURLToPath(new URL('../reports/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  appendFileSync(`${folder}figures.jsonl`, `${JSON.stringify({ at: new Date().toISOString(), what, ...figures })}\n`);
}
