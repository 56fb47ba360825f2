import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { createFollowers } from '../../src/notes/followers.ts';
import { listenForNoteChanges, noteListenerName } from '../../src/notes/listener.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { openNoteFeed, writeNote } from '../support/notes.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const within = { timeout: 10_000, interval: 10 } as const;

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
const listeners = async (): Promise<number[]> => {
  const rows = await api.database.$queryRaw<{ pid: number }[]>`
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = ${noteListenerName} AND query <> ''`;
  return rows.map(({ pid }) => pid);
};

describe.runIf(isReal)('two instances on one database', () => {
  it('tell on one what was changed on the other, within a second', async () => {
    const [one, two] = both();
    await vi.waitFor(async () => expect(await listeners()).toHaveLength(2), within);
    const { token } = await registerSomebody(api.app);
    const feed = await openNoteFeed(two.origin, token);
    const start = performance.now();
    const note = await writeNote(one.origin, token);
    expect((await feed.tells('created')).data.note).toEqual(note);
    expect(performance.now() - start).toBeLessThan(1000);
    feed.leave();
  });

  it('go on from each other’s Last-Event-ID', async () => {
    const [one, two] = both();
    const { token } = await registerSomebody(api.app);
    const first = await openNoteFeed(one.origin, token);
    await writeNote(two.origin, token);
    const { id } = await first.tells('created');
    first.leave();
    const missed = await writeNote(one.origin, token);
    const second = await openNoteFeed(two.origin, token, id);
    expect((await second.tells('created')).data.note).toEqual(missed);
    second.leave();
  });

  it('end a stream whose session was ended on the other', async () => {
    const [one, two] = both();
    const { token } = await registerSomebody(api.app);
    const feed = await openNoteFeed(two.origin, token);
    const start = performance.now();
    await asBearer(request(one.origin).post('/api/logout'), token).expect(200);
    await vi.waitFor(() => expect(feed.isOver()).toBe(true), within);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('number the changes of one user without a gap', async () => {
    const [one, two] = both();
    const { token, user } = await registerSomebody(api.app);
    await Promise.all(Array.from({ length: 40 }, (_, index) => writeNote((index % 2 ? one : two).origin, token)));
    const rows = await api.database.noteChange.findMany({ where: { userId: user.id }, orderBy: { position: 'asc' } });
    expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('catch up on what they missed when a listener is cut off', async () => {
    const [one, two] = both();
    const { token } = await registerSomebody(api.app);
    const feed = await openNoteFeed(two.origin, token);
    const before = await listeners();
    for (const pid of before) await api.database.$executeRaw`SELECT pg_terminate_backend(${pid}::int)`;
    await writeNote(one.origin, token);
    expect((await feed.tells('created')).id).toBe('1');
    await vi.waitFor(async () => expect(await listeners()).toHaveLength(2), within);
    feed.leave();
  });
});

describe.runIf(isReal)('a listener', () => {
  it('starts without a database, goes on trying, and stops at once', async () => {
    const logger = createLogger('silent');
    const warn = vi.spyOn(logger, 'warn');
    const url = 'postgresql://nobody@127.0.0.1:1/nowhere';
    const listener = listenForNoteChanges({ url, followers: createFollowers(), logger, random: () => 0 });
    await vi.waitFor(() => expect(warn.mock.calls.length).toBeGreaterThan(2), within);
    await listener.close();
  });

  it('does not mind what is not theirs to hear', async () => {
    const [one] = both();
    await api.database.$executeRaw`SELECT pg_notify('footbridge_notes', '')`;
    await api.database.$executeRaw`SELECT pg_notify('footbridge_notes', '{"__proto__":1}')`;
    const { token } = await registerSomebody(api.app);
    const feed = await openNoteFeed(one.origin, token);
    const note = await writeNote(both()[1].origin, token);
    expect((await feed.tells('created')).data.note).toEqual(note);
    feed.leave();
  });
});
