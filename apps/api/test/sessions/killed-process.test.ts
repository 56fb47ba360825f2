import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowOf } from '../support/sessions.ts';
import { basic } from '../support/test-app.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const app = fileURLToPath(new URL('../..', import.meta.url));
const clientSecret = 'a client secret for this test alone';
const apiSecret = randomBytes(32).toString('base64');
const kills = 5;
const people = 8;

/** One API process that can be killed and started again at its address. */
interface Process {
  readonly origin: string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

let store: TestDatabase;
let dataDir: string;
let processes: readonly Process[] = [];
beforeAll(async () => {
  if (!isReal) return;
  store = await openTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'footbridge-killed-'));
  processes = [await newProcess(), await newProcess()];
  for (const each of processes) await each.start();
}, 120_000);
afterAll(async () => {
  if (!isReal) return;
  for (const each of processes) await each.kill();
  await store.close();
  await rm(dataDir, { recursive: true });
});

async function newProcess(): Promise<Process> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  return {
    origin,
    async start() {
      const started = spawn(process.execPath, ['--import', 'tsx', 'src/server.ts'], { cwd: app, env: settings(port) });
      child = started;
      let output = '';
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      while (!output.includes('api_listening')) {
        if (started.exitCode !== null) throw new Error(`the server ended: ${output}`);
        await sleep(20);
      }
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function settings(port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: store.url,
    API_PORT: String(port),
    API_ORIGIN: 'http://127.0.0.1:4000',
    API_SECRET: apiSecret,
    API_CLIENT_SECRET: clientSecret,
    BCRYPT_COST: '4',
    BCRYPT_WORKERS: '1',
    RATE_LIMIT_REFRESH_PER_SESSION: '0', // sessions live here as fast as they can
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Sends as the client; `undefined` when the answer was lost, or told of an outage. */
async function post(origin: string, endpoint: string, body: object) {
  try {
    const response = await fetch(`${origin}${endpoint}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: basic('web', clientSecret) },
      body: JSON.stringify(body),
    });
    const answer: { refreshToken: string; code?: string } = JSON.parse(await response.text());
    return response.status >= 500 ? undefined : answer;
  } catch {
    return undefined;
  }
}

const generationOf = (token: string): number => Number(token.split('.')[2]);

/** Refreshes at both processes at once, again and again, with whatever token it holds. */
async function live(refreshToken: string, isOver: () => boolean) {
  let held = refreshToken;
  let lost = 0;
  const refusals: unknown[] = [];
  while (!isOver()) {
    const answers = await Promise.all(
      processes.map(({ origin }) => post(origin, '/api/refresh', { refreshToken: held })),
    );
    lost += answers.filter((answer) => !answer).length;
    refusals.push(...answers.flatMap((answer) => (answer?.code === undefined ? [] : [answer.code])));
    const successors = new Set(answers.flatMap((answer) => (answer?.refreshToken ? [answer.refreshToken] : [])));
    if (successors.size > 1) refusals.push('the family forked');
    const [successor = held] = successors;
    const steps = generationOf(successor) - generationOf(held);
    if (steps > 1) refusals.push(`${steps} generations at once`);
    held = successor;
    await sleep(10 + Math.random() * 40);
  }
  return { held, lost, refusals };
}

describe.runIf(isReal)('an API process that is killed at random moments', () => {
  it('loses no session and forks no family', async () => {
    const origin = processes[0]?.origin ?? '';
    const emails = Array.from({ length: people }, (_, index) => `person${index}@example.com`);
    const tokens = await Promise.all(
      emails.map(
        async (email) =>
          (await post(origin, '/api/register', { email, password: 'correct horse' }))?.refreshToken ?? '',
      ),
    );
    let isOver = false;
    const lives = Promise.all(tokens.map((token) => live(token, () => isOver)));
    for (let round = 0; round < kills; round += 1) {
      await sleep(200 + Math.random() * 800);
      const victim = processes[round % processes.length];
      await victim?.kill();
      await victim?.start();
    }
    isOver = true;

    const outcomes = await lives;
    expect(outcomes.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(outcomes.reduce((sum, { lost }) => sum + lost, 0)).toBeGreaterThan(0);
    let rotations = 0;
    for (const { held } of outcomes) {
      const row = await rowOf(store.database, held.split('.')[1] ?? '');
      expect(row.revokedAt).toBeNull();
      expect(row.generation - generationOf(held)).toBeLessThanOrEqual(1);
      expect(await post(origin, '/api/refresh', { refreshToken: held })).toHaveProperty('refreshToken');
      rotations += row.generation;
    }
    expect(rotations).toBeGreaterThan(200);
  }, 240_000);
});
