/** Somebody who uses the frontend through good and bad times, and complains when they are treated wrongly. */
import { KeptClient, type Got } from '../kept-client.ts';
import { valuesOf } from '../relay/fields.ts';
import type { Random } from '../relay/random.ts';

/** What everybody is told, and tells. */
export interface World {
  readonly webUrl: string;
  readonly random: Random;
  readonly isOver: () => boolean;
  /** How often something worked, and how often it had to be put off, by what was done. */
  readonly tally: Record<string, number>;
  readonly complaints: string[];
}

/**
 * A token that lives for seconds may be over when a call arrives at an API that is slow: the API says so, and the relay
 * hands that on where it cannot send the call again. Nobody is logged out by it.
 */
export const late = 'came too late';
const isRelayed: ReadonlySet<string> = new Set(['list', 'write']);

const outages: ReadonlySet<number> = new Set([502, 503, 504]);
const mostHops = 5;

/** Lives until the world is over. Gives whether this person, who was never told to leave, is still in. */
export async function liveThrough(world: World): Promise<KeptClient> {
  const client = new KeptClient(world.webUrl);
  await untilDone(world, async () => (await client.register()).status === 201);
  while (!world.isOver()) {
    await pause(300 + world.random.whole(700));
    await doSomething(world, client);
  }
  return client;
}

type Deed = readonly [name: string, share: number, work: (client: KeptClient) => Promise<Got>];

const deeds: readonly Deed[] = [
  ['page', 4, openPage],
  ['list', 4, (client) => client.send('/api/proxy/notes')],
  ['write', 1, (client) => client.send('/api/proxy/notes', { method: 'POST', json: { title: 'in a storm' } })],
  ['refresh', 2, (client) => client.send('/api/refresh', { method: 'POST' })],
  ['session', 1, (client) => client.send('/api/session')],
];
const urn = deeds.flatMap((deed) => Array.from({ length: deed[1] }, () => deed));

async function doSomething(world: World, client: KeptClient): Promise<void> {
  if (world.random.chance(0.02)) return leaveAndReturn(world, client);
  const [name, , work] = world.random.pick(urn);
  try {
    judge(world, { name, answer: await work(client), client });
  } catch (error) {
    complain(world, `${name}: ${error instanceof Error ? error.message : 'no answer'}`);
  }
}

interface Deal {
  readonly name: string;
  readonly answer: Got;
  readonly client: KeptClient;
}

function judge(world: World, { name, answer, client }: Deal): void {
  const { status, fields, text } = answer;
  if (!client.isLoggedIn) complain(world, `${name}: lost the cookie with ${status} ${text.slice(0, 200)}`);
  if (outages.has(status)) {
    count(world, `${name} put off (${status})`);
    if (status === 503 && valuesOf(fields, 'retry-after').length !== 1) complain(world, `${name}: 503 for how long?`);
  } else if (status === 200 || status === 201) count(world, name);
  else if (isRelayed.has(name) && status === 401 && text.includes('"invalid_token"')) count(world, late);
  else complain(world, `${name}: ${status} ${valuesOf(fields, 'location').join('')} ${text.slice(0, 200)}`);
}

/** Logging out always works. Logging in works when the API does. */
async function leaveAndReturn(world: World, client: KeptClient): Promise<void> {
  const { status } = await client.send('/api/logout', { method: 'POST' });
  if (status !== 200 || client.isLoggedIn) complain(world, `logout: ${status}`);
  count(world, 'logout');
  await untilDone(world, async () => {
    const answer = await client.logIn();
    if (answer.status !== 200 && !outages.has(answer.status)) complain(world, `login: ${answer.status} ${answer.text}`);
    return answer.status === 200;
  });
  count(world, 'login');
}

async function openPage(client: KeptClient): Promise<Got> {
  let answer = await client.page('/private');
  for (let hops = 0; hops < mostHops; hops += 1) {
    const [location] = valuesOf(answer.fields, 'location');
    if (location === undefined || location.startsWith('/login')) return answer;
    answer = await client.page(location);
  }
  return answer;
}

async function untilDone(world: World, work: () => Promise<boolean>): Promise<void> {
  while (!(await work().catch(() => false))) {
    await pause(500);
    if (world.isOver()) return;
  }
}

function complain(world: World, what: string): void {
  world.complaints.push(`${new Date().toISOString()} ${what}`);
}

function count({ tally }: World, what: string): void {
  tally[what] = (tally[what] ?? 0) + 1;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
