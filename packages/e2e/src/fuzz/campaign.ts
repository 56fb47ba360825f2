/** A whole run of the fuzzer: so many requests, several at once, from one seed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster.ts';
import { keptConnections } from '../relay/ask.ts';
import { residentMemory } from '../relay/memory.ts';
import { createRandom } from '../relay/random.ts';
import { type Asked, describeAsked } from './asked.ts';
import { newPerson, type Person } from './people.ts';
import { randomAsked } from './random-asked.ts';
import { type Line, send } from './send.ts';
import { shrink } from './shrink.ts';
import { complaintOf } from './verdict.ts';

/** How much is asked of a cluster with one process of each app. */
export interface CampaignOptions {
  readonly cluster: Cluster;
  readonly seed: number;
  readonly requests: number;
}

/** What came of it. Memory is resident, in bytes, when the apps have rested. */
export interface CampaignReport {
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** One text for each kind of failure, with the smallest request that shows it. */
  readonly failures: readonly string[];
  readonly memory: Readonly<Record<'api' | 'web', { readonly halfway: number; readonly end: number }>>;
  readonly slowestMs: number;
  /** Requests without an answer that had one when they were sent again: the machine was busy. */
  readonly late: number;
}

const atOnce = 16;
const peopleAtOnce = 4;
const requestsPerPeople = 400;
const mostFailures = 10;
const restMs = 3_000;

/** Runs it. The choice of each request follows from the seed; their order in time does not. */
export async function runCampaign({ cluster, seed, requests }: CampaignOptions): Promise<CampaignReport> {
  const random = createRandom(seed);
  const statuses: Record<string, number> = {};
  const failures = new Map<string, string>();
  const line: Line = {
    urls: { api: cluster.apiUrls[0] ?? '', web: cluster.webUrls[0] ?? '' },
    agent: keptConnections(atOnce),
  };
  const insides = cluster.apiUrls.map((url) => new URL(url).host);
  const isBad = async (asked: Asked): Promise<string | undefined> =>
    complaintOf(asked, await send(asked, line), insides);
  let people: readonly Person[] = [];
  let slowestMs = 0;
  let late = 0;

  const judge = async (asked: Asked): Promise<void> => {
    const start = performance.now();
    const answer = await send(asked, line);
    slowestMs = Math.max(slowestMs, performance.now() - start);
    const key = answer.kind === 'answer' ? String(answer.status) : 'none';
    statuses[key] = (statuses[key] ?? 0) + 1;
    const complaint = complaintOf(asked, answer, insides);
    if (answer.kind === 'none' && (await isBad(asked)) === undefined) return void (late += 1);
    if (complaint === undefined || failures.size >= mostFailures || failures.has(complaint)) return;
    failures.set(complaint, '');
    const smallest = await shrink(asked, async (smaller) => (await isBad(smaller)) !== undefined);
    failures.set(complaint, `${complaint}\n${describeAsked(smallest)}`);
  };

  const runHalf = async (): Promise<void> => {
    for (let left = Math.ceil(requests / 2); left > 0; left -= requestsPerPeople) {
      people = await Promise.all(Array.from({ length: peopleAtOnce }, () => newPerson(cluster)));
      const batch = Array.from({ length: Math.min(left, requestsPerPeople) }, () => randomAsked(random, people));
      const take = async (): Promise<void> => {
        for (let asked = batch.pop(); asked !== undefined; asked = batch.pop()) await judge(asked);
      };
      await Promise.all(Array.from({ length: atOnce }, take));
    }
    await sleep(restMs);
  };

  await runHalf();
  const halfway = await memoryOf(cluster);
  await runHalf();
  const end = await memoryOf(cluster);
  line.agent.destroy();
  const memory = {
    api: { halfway: halfway.api, end: end.api },
    web: { halfway: halfway.web, end: end.web },
  };
  return { statuses, failures: [...failures.values()], memory, slowestMs, late };
}

async function memoryOf({ apis, webs }: Cluster): Promise<Record<'api' | 'web', number>> {
  const [api, web] = await Promise.all([apis[0]?.pid, webs[0]?.pid].map((pid) => residentMemory(pid ?? 0)));
  return { api: api?.now ?? 0, web: web?.now ?? 0 };
}
