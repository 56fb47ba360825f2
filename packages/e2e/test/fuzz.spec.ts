import { expect, test } from '@playwright/test';
import { alarmsIn } from '../src/alarms.ts';
import { startCluster } from '../src/cluster.ts';
import { createDatabase, postgresAnswers } from '../src/database.ts';
import { runCampaign } from '../src/fuzz/campaign.ts';
import { KeptClient } from '../src/kept-client.ts';
import { recordFigures } from '../src/relay/figures.ts';
import { seedOfThisRun } from '../src/relay/random.ts';

const mebibyte = 1024 * 1024;
const mostGrowth = 96 * mebibyte;
/** Where there is room, Node collects when it likes, and what it holds then says nothing of what it keeps. */
const smallHeap = '--max-old-space-size=192';
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 12_000);

test.skip(process.platform !== 'linux', 'the kernel tells what a process holds on Linux alone');

test('nothing that can be asked breaks either app', async () => {
  test.skip(!(await postgresAnswers()), 'no PostgreSQL answers');
  test.setTimeout(120_000 + requests * 60);
  const seed = seedOfThisRun();
  process.stdout.write(`fuzz: ${requests} requests, RELAY_SEED=${seed}\n`);
  const database = await createDatabase();
  const cluster = await startCluster({
    databaseUrl: database.url,
    processes: 1,
    settings: { NODE_OPTIONS: smallHeap },
  });
  try {
    const processes = [...cluster.apis, ...cluster.webs];
    const pids = processes.map(({ pid }) => pid);
    const { statuses, failures, memory, slowestMs, late } = await runCampaign({ cluster, seed, requests });
    recordFigures('fuzz', { seed, requests, statuses, slowestMs: Math.round(slowestMs), late, memory });

    expect(failures.join('\n\n')).toBe('');
    expect(late).toBeLessThan(requests / 1000);
    expect(processes.map(({ pid }) => pid)).toEqual(pids);
    for (const { output } of processes) expect(alarmsIn(output)).toEqual([]);
    for (const [app, { halfway, end }] of Object.entries(memory)) {
      expect(end - halfway, `memory of ${app}`).toBeLessThan(mostGrowth);
    }
    const client = new KeptClient(cluster.webUrl);
    expect((await client.register()).status).toBe(201);
    expect((await client.logIn()).status).toBe(200);
    expect((await client.page('/private')).text).toContain(client.email);
    client.close();
  } finally {
    await cluster.close();
    await database.drop();
  }
});
