import { createServer, connect as openSocket, type Socket } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { listenerName, listenForRevocations } from '../../src/revocations/listener.ts';
import { createRevocationSet } from '../../src/revocations/revocation-set.ts';
import { openFeed } from '../support/feed.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { asBearer, type Registered, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const logger = createLogger('silent');
const within = { timeout: 10_000, interval: 20 } as const;

let api: TestApp;
let [here, there]: Instance[] = [];
beforeAll(async () => {
  if (!isReal) return;
  api = await startTestApp();
  [here, there] = [await startInstance(api, { hears: true }), await startInstance(api, { hears: true })];
});
afterAll(async () => {
  if (!isReal) return;
  await here?.close();
  await there?.close();
  await api.close();
});

const both = (): [Instance, Instance] => {
  if (!here || !there) throw new Error('the instances are not there');
  return [here, there];
};
const logout = (at: Instance, { token }: Registered): request.Test =>
  asBearer(request(at.origin).post('/api/logout'), token).expect(200);
const list = (at: Instance, { token }: Registered): request.Test =>
  asBearer(request(at.origin).get('/api/sessions'), token);

/** Ends a session behind everybody's back, as an instance does whose notification is lost. */
const endSilently = (id: string) =>
  api.database.session.update({ where: { id }, data: { revokedAt: new Date(), revokedReason: 'logout' } });

const cutListeners = () => api.database.$executeRaw`
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = ${listenerName}`;

describe.runIf(isReal)('two instances on one database', () => {
  it('refuse on one what was ended on the other', async () => {
    const [one, two] = both();
    const somebody = await registerSomebody(api.app);
    await list(two, somebody).expect(200);
    await logout(one, somebody);
    await vi.waitFor(() => list(two, somebody).expect(401), within);
    expect((await list(two, somebody)).body.code).toBe('session_revoked');
  });

  it('tell on one feed what was ended on the other', async () => {
    const [one, two] = both();
    const feed = await openFeed(two.origin);
    const somebody = await registerSomebody(api.app);
    await logout(one, somebody);
    await feed.tells(somebody.sessionId);
    expect(feed.events.filter(({ data }) => data.sid === somebody.sessionId)).toHaveLength(1);
    feed.leave();
  });

  it('take each other’s Last-Event-ID', async () => {
    const [one, two] = both();
    const [seen, missed] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    const first = await openFeed(one.origin);
    await logout(one, seen);
    const { id } = await first.tells(seen.sessionId);
    first.leave();
    await logout(one, missed);
    const second = await openFeed(two.origin, id);
    expect((await second.tells(missed.sessionId)).data.sid).toBe(missed.sessionId);
    second.leave();
  });

  it('catch up on what they missed when a listener is cut off', async () => {
    const [, two] = both();
    const somebody = await registerSomebody(api.app);
    const feed = await openFeed(two.origin);
    await cutListeners();
    await endSilently(somebody.sessionId);
    await vi.waitFor(() => expect(feed.isOver()).toBe(true), within);
    await vi.waitFor(() => expect(two.services.revocationSet.has(somebody.sessionId)).toBe(true), within);
    await vi.waitFor(() => expect(two.services.revocationSet.isCurrent).toBe(true), within);
    await vi.waitFor(async () => expect((await openFeed(two.origin)).status).toBe(200), within);
  });

  it('ask the row while they cannot hear each other', async () => {
    const [, two] = both();
    const somebody = await registerSomebody(api.app);
    await cutListeners();
    await vi.waitFor(() => expect(two.services.revocationSet.isCurrent).toBe(false), { timeout: 10_000, interval: 1 });
    await endSilently(somebody.sessionId);
    await list(two, somebody).expect(401);
    await vi.waitFor(() => expect(two.services.revocationSet.isCurrent).toBe(true), within);
  });

  it('hear nothing of what is not theirs to hear', async () => {
    const [one] = both();
    await api.database.$executeRaw`SELECT pg_notify('footbridge_revocations', 'nonsense')`;
    const somebody = await registerSomebody(api.app);
    await logout(one, somebody);
    await vi.waitFor(() => expect(both()[1].services.revocationSet.has(somebody.sessionId)).toBe(true), within);
  });
});

/** A way to the database on which everything can fall silent without being closed. */
async function layLine(target: string) {
  const { hostname, port } = new URL(target);
  const ends: Socket[] = [];
  let isSilent = false;
  const server = createServer((near) => {
    const far = openSocket(Number(port), hostname);
    ends.push(
      near.on('error', () => {}),
      far.on('error', () => {}),
    );
    near.on('data', (chunk) => void (isSilent || far.write(chunk)));
    far.on('data', (chunk) => void (isSilent || near.write(chunk)));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: url.href,
    fallSilent: (value: boolean) => void (isSilent = value),
    close() {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}

describe.runIf(isReal)('a listener', () => {
  it('notices a peer that vanished without a word', async () => {
    const line = await layLine(api.databaseUrl);
    const set = createRevocationSet({ retentionSeconds: 960, now: Date.now });
    const listener = await listenForRevocations({ url: line.url, ledger: api.services.ledger, set, logger });
    expect(set.isCurrent).toBe(true);
    line.fallSilent(true);
    await vi.waitFor(() => expect(set.isCurrent).toBe(false), within);
    line.fallSilent(false);
    await vi.waitFor(() => expect(set.isCurrent).toBe(true), within);
    await listener.close();
    expect(set.isCurrent).toBe(false);
    line.close();
  });

  it('starts without a database, and goes on trying', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const set = createRevocationSet({ retentionSeconds: 960, now: Date.now });
    const url = 'postgresql://nobody@127.0.0.1:1/nowhere';
    const listener = await listenForRevocations({ url, ledger: api.services.ledger, set, logger, random: () => 0 });
    expect(set.isCurrent).toBe(false);
    await vi.waitFor(() => expect(warn.mock.calls.length).toBeGreaterThan(2), within);
    await listener.close();
  });
});
