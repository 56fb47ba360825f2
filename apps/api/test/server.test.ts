import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { notesAnswer, tokenAnswer } from '@footbridge/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoLogin } from '../src/database/seed.ts';
import { basic } from './support/test-app.ts';

const app = fileURLToPath(new URL('..', import.meta.url));
const clientSecret = 'a client secret for this test alone';
let dataDir: string;
beforeAll(async () => void (dataDir = await mkdtemp(path.join(tmpdir(), 'footbridge-server-'))));
afterAll(() => rm(dataDir, { recursive: true }));

/** Starts the real server in a process of its own, on the embedded database. */
function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/server.ts'], {
    cwd: app,
    env: { PATH: process.env['PATH'], NODE_ENV: 'development', DATA_DIR: dataDir, BCRYPT_COST: '4', ...environment },
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += String(chunk)));
  return { child, output };
}

function openFeed(origin: string, secret: string): Promise<Response> {
  const headers = { Accept: 'text/event-stream', Authorization: basic('web', secret) };
  return fetch(`${origin}/api/revocations`, { headers });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function listening({ child, output }: ReturnType<typeof start>): Promise<void> {
  while (!output.text.includes('api_listening')) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${output.text}`);
    await once(child.stdout, 'data');
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('server', () => {
  it('starts from nothing, knows the demo user, stops cleanly, starts again', async () => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const environment = { API_PORT: String(port), API_ORIGIN: origin, API_CLIENT_SECRET: clientSecret };
    for (const isFirst of [true, false]) {
      const server = start(environment);
      await listening(server);
      expect(server.output.text.includes('demo_user_created')).toBe(isFirst);
      const response = await fetch(`${origin}/api/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: basic('web', clientSecret) },
        body: JSON.stringify(demoLogin),
      });
      expect(response.status).toBe(200);
      const { token } = tokenAnswer.parse(await response.json());
      const notes = await fetch(`${origin}/api/notes`, { headers: { Authorization: `Bearer ${token}` } });
      expect(notesAnswer.parse(await notes.json()).data.notes).toHaveLength(2);
      const feed = await openFeed(origin, clientSecret);
      server.child.kill('SIGTERM');
      expect(await exitCode(server.child)).toBe(0);
      expect(await feed.text()).toMatch(/^: open\n\n/); // ended in order, not cut off
    }
  }, 120_000);

  it('has no demo user in production', async () => {
    const [port, ownDataDir] = [await freePort(), await mkdtemp(path.join(tmpdir(), 'footbridge-production-'))];
    const origin = `http://127.0.0.1:${port}`;
    const secrets = { API_CLIENT_SECRET: clientSecret, API_SECRET: 'an API secret for this test and no other' };
    const named = { NODE_ENV: 'production', DATA_DIR: ownDataDir, API_PORT: String(port), API_ORIGIN: origin };
    const server = start({ ...named, ...secrets });
    await listening(server);
    const response = await fetch(`${origin}/api/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: basic('web', clientSecret) },
      body: JSON.stringify(demoLogin),
    });
    expect(response.status).toBe(401);
    expect(server.output.text).not.toContain('demo_user_created');
    server.child.kill('SIGTERM');
    await exitCode(server.child);
    await rm(ownDataDir, { recursive: true });
  }, 120_000);

  it('names every setting that is wrong, and nothing else', async () => {
    const { child, output } = start({ NODE_ENV: 'production', COOKIE_MODE: 'shared-domain', API_PORT: '70000' });
    expect(await exitCode(child)).toBe(1);
    expect(output.text).toMatch(/^footbridge api: the settings are not usable:\n/);
    for (const setting of ['API_PORT', 'API_SECRET', 'API_CLIENT_SECRET'])
      expect(output.text).toContain(`  ${setting}: `);
    expect(output.text).not.toMatch(/\n\s+at /);
  }, 60_000);

  it('says in one line that the database does not answer', async () => {
    const nobodyThere = `postgresql://user:password@127.0.0.1:${await freePort()}/database`;
    for (const migrates of ['true', 'false']) {
      const environment = { DATABASE_URL: nobodyThere, MIGRATE_ON_START: migrates, LOG_LEVEL: 'silent' };
      const { child, output } = start(environment);
      expect(await exitCode(child)).toBe(1);
      expect(output.text).toBe('footbridge api: the database does not answer: start it, or correct DATABASE_URL\n');
    }
  }, 60_000);

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { child, output } = start({ API_PORT: String(port), LOG_LEVEL: 'silent' });
    expect(await exitCode(child)).toBe(1);
    expect(output.text).toBe(`footbridge api: port ${port} is in use: stop what listens there, or set API_PORT\n`);
    other.close();
  }, 60_000);
});
