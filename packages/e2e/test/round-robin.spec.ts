import { type Cluster, startCluster } from '../src/cluster.ts';
import { createDatabase, postgresAnswers, type TestDatabase } from '../src/database.ts';
import {
  expect,
  expectRefused,
  expectServed,
  logInThroughPage,
  logOutThroughPage,
  newPerson,
  registerThroughPage,
  test,
} from '../src/fixtures.ts';
import { KeptClient } from '../src/kept-client.ts';
import { addNote, card, changeText, expectLive, openNotes, secondTab } from '../src/notes-page.ts';
import { digestOfBytes, manyBytes } from '../src/relay/bytes.ts';
import { nameOf, type Site } from '../src/site.ts';

const attemptsAMinute = 5;
const settings = { RATE_LIMIT_LOGIN_PER_ACCOUNT: String(attemptsAMinute) };
const variants: readonly Site[] = [
  { mode: 'proxy', scheme: 'http' },
  { mode: 'shared-domain', scheme: 'http' },
];

for (const site of variants) {
  test.describe(`${nameOf(site)}, every request to the next process`, () => {
    test.describe.configure({ mode: 'serial' });

    let database: TestDatabase;
    let cluster: Cluster;
    test.beforeAll(async () => {
      test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
      test.setTimeout(120_000);
      database = await createDatabase();
      cluster = await startCluster({ databaseUrl: database.url, site, settings });
    });
    test.afterAll(async () => {
      await cluster?.close();
      await database?.drop();
    });

    test('a browser goes the whole journey', async ({ page, person }) => {
      test.setTimeout(120_000);
      await expectRefused(page, cluster.webUrl);
      await openNotes(page, cluster, person);
      const tab = await secondTab(page, cluster);
      for (const title of ['one', 'two', 'three']) {
        await addNote(page, title);
        await expect(card(tab, title)).toBeVisible();
      }
      await changeText(tab, 'two', 'changed in the second tab');
      await expect(card(page, 'two')).toContainText('changed in the second tab');
      const buffer = Buffer.concat(await manyBytes(200_000).toArray());
      await page.getByLabel('Attach a file: one').setInputFiles({ name: 'a.bin', mimeType: 'image/png', buffer });
      await expect(card(tab, 'one')).toContainText(digestOfBytes(buffer).sha256);
      const refresh = { method: 'POST', headers: { 'x-footbridge': '1' } };
      const refreshed = await page.evaluate(async (how) => (await fetch('/api/refresh', how)).status, refresh);
      expect(refreshed).toBe(200);
      await page.reload();
      await expectLive(page);
      await page.goto(`${cluster.webUrl}/private/sessions`);
      await expect(page.getByRole('main')).toContainText('This one');
      await logOutThroughPage(page);
      await expectRefused(tab, cluster.webUrl);

      await logInThroughPage(page, cluster.webUrl, person);
      await page.waitForURL(`${cluster.webUrl}/private`);
      await expectServed(page, cluster.webUrl, person);
      for (const balancer of [cluster.webBalancer, cluster.apiBalancer]) {
        for (const turns of balancer.turns) expect(turns).toBeGreaterThan(5);
      }
    });

    test('a session that one browser ends is over in the other', async ({ browser, page }) => {
      test.setTimeout(120_000);
      const person = newPerson();
      await registerThroughPage(page, cluster.webUrl, person);
      const elsewhere = await browser.newContext();
      try {
        const other = await elsewhere.newPage();
        await logInThroughPage(other, cluster.webUrl, person);
        await other.waitForURL(`${cluster.webUrl}/private`);
        await expectServed(other, cluster.webUrl, person);
        await page.goto(`${cluster.webUrl}/private/sessions`);
        await page.getByRole('button', { name: 'End all other sessions' }).click();
        await expect(page.getByText('All other sessions have ended')).toBeVisible();
        await expect(async () => {
          await other.goto(`${cluster.webUrl}/private`);
          expect(new URL(other.url()).pathname).toBe('/login');
        }).toPass({ timeout: 20_000 });
      } finally {
        await elsewhere.close();
      }
    });
  });
}

test.describe('by script, every request to the next process', () => {
  test.describe.configure({ mode: 'serial' });

  let database: TestDatabase;
  let cluster: Cluster;
  test.beforeAll(async () => {
    test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: several API processes need one');
    test.setTimeout(120_000);
    database = await createDatabase();
    cluster = await startCluster({ databaseUrl: database.url, settings });
  });
  test.afterAll(async () => {
    await cluster?.close();
    await database?.drop();
  });

  async function newClient(): Promise<KeptClient> {
    const client = new KeptClient(cluster.webUrl);
    expect((await client.register()).status).toBe(201);
    return client;
  }

  test('sixty refreshes at once rotate once', async () => {
    const client = await newClient();
    const twins = Array.from({ length: 60 }, () => client.twin());
    const answers = await Promise.all(twins.map((twin) => twin.send('/api/refresh', { method: 'POST' })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const rows = await database.query(
      'SELECT s.generation FROM "Session" s JOIN "User" u ON u.id = s."userId" WHERE u.email = $1',
      [client.email],
    );
    expect(rows).toEqual([{ generation: 2 }]);
    expect((await client.send('/api/refresh', { method: 'POST' })).status).toBe(200);
    for (const twin of twins) twin.close();
  });

  test('a file is whole wherever it is sent to and fetched from', async () => {
    const client = await newClient();
    const { text } = await client.send('/api/proxy/notes', { method: 'POST', json: { title: 'with a file' } });
    const id = /"id":"([^"]+)"/.exec(text)?.[1] ?? '';
    const bytes = Buffer.concat(await manyBytes(3_000_000).toArray());
    const sent = await client.send(`/api/proxy/notes/${id}/attachment`, {
      method: 'POST',
      bytes,
      fields: [['content-type', 'application/octet-stream']],
    });
    expect(sent.status).toBe(200);
    for (let round = 0; round < 4; round += 1) {
      const got = await client.send(`/api/proxy/notes/${id}/attachment`);
      expect(digestOfBytes(got.bytes)).toEqual(digestOfBytes(bytes));
    }
  });

  test('a session that has ended is refused by every process', async () => {
    const client = await newClient();
    const ghost = client.twin();
    expect((await client.send('/api/proxy/logout-all', { method: 'POST' })).status).toBe(200);
    for (const webUrl of cluster.webUrls) {
      const process = new KeptClient(webUrl);
      const ask = async (): Promise<number> =>
        (await process.send('/api/proxy/me', { fields: [['cookie', ghost.cookieHeader]] })).status;
      await expect.poll(ask, { timeout: 10_000 }).toBe(401);
      process.close();
    }
  });

  test('attempts at a login count wherever they are made', async () => {
    const client = await newClient();
    const statuses: number[] = [];
    for (let attempt = 0; attempt < attemptsAMinute * 2; attempt += 1) {
      const json = { email: client.email, password: 'not this one' };
      statuses.push((await new KeptClient(cluster.webUrl).send('/api/login', { method: 'POST', json })).status);
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(attemptsAMinute * 2 - 1);
    expect(statuses).toContain(429);
  });

  test('processes that have just begun serve who is logged in already', async () => {
    test.setTimeout(120_000);
    const client = await newClient();
    await Promise.all(cluster.webs.map((web) => web.stop('SIGKILL')));
    await Promise.all(cluster.webs.map((web) => web.start()));
    await cluster.webBalancer.untilReady();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.twin().send('/api/proxy/me')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});
