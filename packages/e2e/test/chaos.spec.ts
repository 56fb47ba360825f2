import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { alarmsIn } from '../src/alarms.ts';
import { type Ended, haunt } from '../src/chaos/ended.ts';
import { late, liveThrough, type World } from '../src/chaos/user.ts';
import { type Cluster, startCluster } from '../src/cluster.ts';
import { KeptClient } from '../src/kept-client.ts';
import { type Link, openLink } from '../src/link.ts';
import { findPostgres, type OwnPostgres, startPostgres } from '../src/own-postgres.ts';
import { recordFigures } from '../src/relay/figures.ts';
import { residentMemory } from '../src/relay/memory.ts';
import { createRandom, seedOfThisRun } from '../src/relay/random.ts';

const userCount = 30;
const accessTokenSeconds = 4;
/** Outages are as long as ever, so the time for repeating a refresh that went unanswered must be, too. */
const settings = {
  ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds),
  REFRESH_GRACE_SECONDS: '45',
  SESSION_IDLE_TTL_SECONDS: '120',
  SESSION_ABSOLUTE_TTL_SECONDS: '600',
  RELAY_TIMEOUT_SECONDS: '5',
};
const recoversWithinMs = 45_000;
const mostMemory = 500 * 1024 * 1024;

const programs = findPostgres();
test.skip(programs === undefined, 'no PostgreSQL of our own to restart (apt-get install postgresql)');
test.skip(process.platform !== 'linux', 'the kernel tells what a process holds on Linux alone');

let postgres: OwnPostgres;
let toDatabase: Link;
let toApi: Link | undefined;
let cluster: Cluster;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  postgres = await startPostgres(programs ?? '');
  toDatabase = await openLink(postgres.port);
  cluster = await startCluster({
    databaseUrl: `postgres://postgres@127.0.0.1:${toDatabase.port}/postgres`,
    settings,
    apiUrlOf: async (url) => {
      toApi = await openLink(Number(new URL(url).port));
      return `http://127.0.0.1:${toApi.port}`;
    },
  });
});
test.afterAll(async () => {
  await cluster?.close();
  await toApi?.close();
  await toDatabase?.close();
  await postgres?.close();
});

/** What befalls the deployment, one after the other. */
const disasters: readonly (readonly [string, () => Promise<void>])[] = [
  ['the database is restarted', () => postgres.restart('fast', 500)],
  ['the database crashes and stays away', () => postgres.restart('immediate', 4_000)],
  [
    'every API process is killed',
    async () => {
      await Promise.all(cluster.apis.map((api) => api.stop('SIGKILL')));
      await sleep(3_000);
      await Promise.all(cluster.apis.map((api) => api.start()));
    },
  ],
  [
    'every API process is restarted in order',
    async () => {
      for (const api of cluster.apis) {
        expect(await api.stop()).toBe(0);
        await api.start();
        await cluster.apiBalancer.untilReady();
      }
    },
  ],
  [
    'the network to the API holds its breath',
    async () => {
      toApi?.pause();
      await sleep(8_000);
      toApi?.resume();
    },
  ],
  [
    'the network to the database holds its breath',
    async () => {
      toDatabase.pause();
      await sleep(8_000);
      toDatabase.resume();
    },
  ],
];

test('an hour of traffic and six disasters log nobody out and let nobody in', async () => {
  test.setTimeout(600_000);
  const seed = seedOfThisRun();
  process.stdout.write(`chaos: RELAY_SEED=${seed}\n`);
  let isOver = false;
  const world: World = {
    webUrl: cluster.webUrl,
    random: createRandom(seed),
    isOver: () => isOver,
    tally: {},
    complaints: [],
  };
  const users = Array.from({ length: userCount }, () => liveThrough(world));
  const ghosts: Promise<Ended | undefined>[] = [];
  const recoveries: Record<string, number> = {};
  for (const [what, strike] of disasters) {
    ghosts.push(...Array.from({ length: 2 }, () => haunt(cluster.webUrl, world.isOver).catch(() => undefined)));
    await sleep(4_000);
    ghosts.push(haunt(cluster.webUrl, world.isOver).catch(() => undefined));
    await strike();
    recoveries[what] = await untilRecovered();
  }
  await sleep(3_000);
  isOver = true;

  const ended = (await Promise.all(ghosts)).filter((ghost) => ghost !== undefined);
  const served = ended.map(({ endedAt, lastServedAt }) => (lastServedAt === undefined ? 0 : lastServedAt - endedAt));
  recordFigures('chaos', {
    seed,
    tally: world.tally,
    recoveries,
    endedSessions: ended.length,
    servedAfterTheirEndMs: Math.round(Math.max(...served)),
  });
  expect(world.complaints).toEqual([]);
  expect(world.tally[late] ?? 0).toBeLessThan((world.tally['list'] ?? 0) / 4);
  for (const client of await Promise.all(users)) {
    const hasJustLeft = !client.isLoggedIn; // by their own will: they were about to log in again
    if (hasJustLeft) expect((await client.logIn()).status).toBe(200);
    expect((await client.send('/api/refresh', { method: 'POST' })).status).toBe(200);
    expect((await client.page('/private')).text).toContain(client.email);
    client.close();
  }
  expect(ended.length).toBeGreaterThan(disasters.length);
  expect(Math.max(...served), 'where nobody can say that a session is over, its token is').toBeLessThan(
    (accessTokenSeconds + 2) * 1000,
  );
  for (const app of [...cluster.apis, ...cluster.webs]) {
    expect(alarmsIn(app.output)).toEqual([]);
    expect((await residentMemory(app.pid ?? 0)).now).toBeLessThan(mostMemory);
  }
});

/** Until somebody new can register, read, refresh and leave, in milliseconds from now. */
async function untilRecovered(): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < recoversWithinMs) {
    const client = new KeptClient(cluster.webUrl);
    const works = async (): Promise<boolean> =>
      (await client.register()).status === 201 &&
      (await client.send('/api/proxy/notes')).status === 200 &&
      (await client.send('/api/refresh', { method: 'POST' })).status === 200 &&
      (await client.page('/private')).status === 200;
    const isWorking = await works().catch(() => false);
    client.close();
    if (isWorking) return Math.round(performance.now() - start);
    await sleep(200);
  }
  throw new Error('it does not recover');
}
