import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { cleanUp, startCleanUp } from '../../src/sessions/clean-up.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { age } from '../support/sessions.ts';
import { policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const marginSeconds = 100;
const logger = createLogger('silent');

let api: TestApp;
let other: Instance;
let userId: string;
beforeAll(async () => {
  api = await startTestApp();
  other = await startInstance(api, { hears: false });
  userId = (await registerSomebody(api.app)).user.id;
});
afterAll(async () => {
  await other.close();
  await api.close();
});
beforeEach(async () => void (await api.database.session.deleteMany()));

async function open(): Promise<string> {
  const draft = api.services.sessions.draft({ address: null, userAgent: null });
  return (await api.database.session.create({ data: { ...draft, userId } })).id;
}

async function openMany(count: number): Promise<void> {
  const drafts = Array.from({ length: count }, () => api.services.sessions.draft({ address: null, userAgent: null }));
  await api.database.session.createMany({
    data: drafts.map((draft) => Object.assign(draft, { userId, expiresAt: new Date(0) })),
  });
}

const left = async (): Promise<string[]> => {
  const rows = await api.database.session.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  return rows.map(({ id }) => id);
};

describe('clean-up', () => {
  it('deletes what ended longer ago than the margin', async () => {
    const [live, justOver, longOver, justEnded, longEnded] = [
      await open(),
      await open(),
      await open(),
      await open(),
      await open(),
    ];
    await age(api.database, justOver, policy.sessionIdleSeconds + marginSeconds - 20);
    await age(api.database, longOver, policy.sessionIdleSeconds + marginSeconds + 20);
    for (const id of [justEnded, longEnded]) await api.services.sessions.end(id, 'logout');
    await age(api.database, justEnded, marginSeconds - 20);
    await age(api.database, longEnded, marginSeconds + 20);
    expect(await cleanUp({ database: api.database, marginSeconds, logger })).toBe(2);
    expect(await left()).toEqual([live, justOver, justEnded].toSorted());
  });

  it('takes batch after batch', async () => {
    await openMany(1203);
    const live = await open();
    expect(await cleanUp({ database: api.database, marginSeconds, logger })).toBe(1203);
    expect(await left()).toEqual([live]);
  });

  it('is done once by two instances at once', async () => {
    await openMany(1500);
    const databases = [api.database, other.services.database];
    const counts = await Promise.all(databases.map((database) => cleanUp({ database, marginSeconds, logger })));
    await cleanUp({ database: api.database, marginSeconds, logger });
    expect(Math.max(...counts)).toBeGreaterThan(0);
    expect(await left()).toEqual([]);
  });

  it.runIf(isReal)('leaves its turn to the instance that has it', async () => {
    await openMany(3);
    const holder = new Client({ connectionString: api.databaseUrl });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(4721850117)');
    expect(await cleanUp({ database: api.database, marginSeconds, logger })).toBe(0);
    await holder.query('COMMIT');
    await holder.end();
    expect(await cleanUp({ database: api.database, marginSeconds, logger })).toBe(3);
  });

  it.each([0.5, 1e300])('works with a margin of %d seconds', async (seconds) => {
    const id = await open();
    await cleanUp({ database: api.database, marginSeconds: seconds, logger });
    expect(await left()).toEqual([id]);
  });

  it('runs at the start, and stops when told', async () => {
    await openMany(2);
    const running = startCleanUp({ database: api.database, marginSeconds, logger });
    await vi.waitFor(async () => expect(await left()).toEqual([]));
    await running.stop();
  });

  it('outlives a database that is away', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const gone = connect({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', logger });
    const running = startCleanUp({ database: gone, marginSeconds, logger });
    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.anything(), 'clean_up_failed'));
    await running.stop();
  });
});
