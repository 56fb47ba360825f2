import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { postgresAnswers } from '../src/database.ts';
import { expect, test } from '../src/fixtures.ts';
import { type Fleet, startFleet } from '../src/fleet.ts';
import { keyIdOf, publishedKeys, untilPublished } from '../src/trusted-key.ts';
import { Visitor } from '../src/visitor.ts';

const accessTokenSeconds = 4;
const secret = (): string => randomBytes(36).toString('base64url');
const [oldApi, newApi, oldSession, newSession] = [secret(), secret(), secret(), secret()];

test.describe.configure({ mode: 'serial' });

let fleet: Fleet;
test.beforeAll(async () => {
  test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
  test.setTimeout(120_000);
  fleet = await startFleet({
    settings: {
      ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds),
      API_SECRET: oldApi,
      SESSION_SECRET: oldSession,
    },
  });
});
test.afterAll(async () => fleet?.close());

/** Runs a command of the built API, as an operator does beside the running instances. */
function run(command: 'rotate' | 'status', options: readonly string[] = [], apiSecrets = oldApi): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/access-token/${command}.js`, ...options], {
    cwd: fileURLToPath(new URL('../../../apps/api/', import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: fleet.database.url, API_SECRET: apiSecrets },
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

const kidIn = (text: string): string => /key ([\w-]{43})/.exec(text)?.[1] ?? '';

async function newVisitor(): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.register(fleet.webUrls[0] ?? '', `visitor-${randomBytes(6).toString('hex')}@example.com`);
  return visitor;
}

/** Every frontend shows the page, refreshes, and relays. */
async function expectServedEverywhere(visitor: Visitor, when: string): Promise<void> {
  for (const webUrl of fleet.webUrls) {
    const visit = await visitor.open(`${webUrl}/private`);
    expect([visit.status, visit.path], when).toEqual([200, '/private']);
    expect((await visitor.call(`${webUrl}/api/refresh`)).status, when).toBe(200);
    expect((await visitor.call(`${webUrl}/api/proxy/notes`, 'GET')).status, when).toBe(200);
  }
}

const lastKey = (): unknown => keyIdOf(fleet.wire.issuedTokens().findLast((token) => token.startsWith('eyJ')) ?? '');

test('a new key is published by all at once, signs later, and nobody notices', async () => {
  const visitor = await newVisitor();
  const before = lastKey();
  const made = run('rotate', ['--signs-in', '8']);
  const signsFrom = Date.parse(/signs from (\S+);/.exec(made)?.[1] ?? '');
  const next = kidIn(made);
  expect(run('rotate')).toMatch(new RegExp(`^no key was made, for ${next} is waiting`));

  for (const apiUrl of fleet.apiUrls) {
    await untilPublished(apiUrl, next);
    expect(await publishedKeys(apiUrl)).toEqual([next, before]);
    const answer = await fetch(`${apiUrl}/.well-known/jwks.json`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
  }
  expect(Date.now()).toBeLessThan(signsFrom);
  await expectServedEverywhere(visitor, 'while the new key waits');
  while (Date.now() < signsFrom + accessTokenSeconds * 1000) {
    const isEarly = Date.now() < signsFrom - 1000;
    await expectServedEverywhere(visitor, 'while the keys change');
    if (isEarly && Date.now() < signsFrom) expect(lastKey()).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(lastKey()).toBe(next);
  const status = run('status');
  expect(status).toMatch(new RegExp(`${next} {2}signs since `));
  expect(status).toMatch(new RegExp(`${String(before)} {2}published until `));
  for (const value of [oldApi, newApi]) expect(status).not.toContain(value);
});

test('a key that leaked counts no more, and its users stay', async () => {
  const visitor = await newVisitor();
  const bearer = fleet.wire.issuedTokens().findLast((token) => token.startsWith('eyJ')) ?? '';
  const next = kidIn(run('rotate', ['--compromised']));
  for (const apiUrl of fleet.apiUrls) {
    await untilPublished(apiUrl, next);
    expect(await publishedKeys(apiUrl)).toEqual([next]);
    const answer = await fetch(`${apiUrl}/api/verify`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(answer.status).toBe(401);
  }
  await expectServedEverywhere(visitor, 'after the keys were replaced');
  expect(lastKey()).toBe(next);
});

const apiSecrets = { old: oldApi, new: newApi } as const;
const sessionSecrets = { old: oldSession, new: newSession } as const;
type Order = readonly ('old' | 'new')[];

/** Both lists in one order: what an operator puts into the settings of both apps. */
function settingsOf(order: Order): Record<string, string> {
  return {
    API_SECRET: order.map((member) => apiSecrets[member]).join(','),
    SESSION_SECRET: order.map((member) => sessionSecrets[member]).join(','),
  };
}

const oldFirst: Order = ['old', 'new'];
const newFirst: Order = ['new', 'old'];

test('secrets change with everybody logged in, and change back', async () => {
  test.setTimeout(300_000);
  const visitors = [await newVisitor()];
  for (const order of [oldFirst, newFirst, oldFirst]) {
    for (const index of [0, 1]) {
      await Promise.all(
        [fleet.apis[index], fleet.webs[index]].map(async (app) => {
          await app?.stop();
          await app?.start(settingsOf(order));
        }),
      );
      visitors.push(await newVisitor());
      for (const visitor of visitors) await expectServedEverywhere(visitor, `${index + 1} of 2 have ${order.join()}`);
    }
  }
  const status = run('status', [], `${oldApi},${newApi}`);
  expect(status).toMatch(/number 1 {2}[1-9]\d* live sessions.*; seals [1-9]\d* keys/);
  expect(status).toMatch(/number 2 {2}[1-9]\d* live sessions, the last over by .*; seals 0 keys\n/);
  expect(status).not.toMatch(/may be removed/);
  expect(run('status')).toMatch(/MISSING HERE .*: put it back at the end of API_SECRET/);
});

test('an API that lacks a member asks for patience and ends nothing', async () => {
  test.setTimeout(120_000);
  const visitor = await newVisitor();
  const [webUrl = ''] = fleet.webUrls;
  await Promise.all(fleet.apis.map((api) => api.stop()));
  await fleet.database.query(`UPDATE "Session" SET "keyId" = 'elsewhere' WHERE "keyId" <> 'elsewhere'`);
  const rows = await fleet.database.query(`SELECT count(*)::integer AS count FROM "Session" WHERE "revokedAt" IS NULL`);
  await Promise.all(fleet.apis.map((api) => api.start(settingsOf(oldFirst))));
  const refused = await visitor.call(`${webUrl}/api/refresh`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.headers.getSetCookie()).toEqual([]);
  expect(
    await fleet.database.query(`SELECT count(*)::integer AS count FROM "Session" WHERE "revokedAt" IS NULL`),
  ).toEqual(rows);
});
