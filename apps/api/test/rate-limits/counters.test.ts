import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { type Count, type OpenCounter, ownCounters, sharedCounters } from '../../src/rate-limits/counters.ts';
import { Refusal } from '../../src/refusal.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

let store: TestDatabase;
beforeAll(async () => void (store = await openTestDatabase()));
afterAll(() => store.close());

let keys = 0;
let key = '';
beforeEach(() => {
  keys += 1;
  key = `key ${keys}`;
});

const within: Count = { kind: 'within' };
const stores: [string, () => OpenCounter][] = [
  ['of all instances', () => sharedCounters(store.database)],
  ['of one process', () => ownCounters()],
];

describe.each(stores)('counters %s', (_which, open) => {
  it('let pass as many as they may, of any number at once', async () => {
    const counter = open()('a', 5);
    const counts = await Promise.all(Array.from({ length: 12 }, () => counter.count(key)));
    expect(counts.filter(({ kind }) => kind === 'within')).toHaveLength(5);
  });

  it('name whole seconds after which the next one passes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const counter = open()('a', 1);
      expect(await counter.count(key)).toEqual(within);
      vi.setSystemTime(Date.now() + 20_500);
      expect(await counter.count(key)).toEqual({ kind: 'beyond', retryAfterSeconds: 40 });
      vi.setSystemTime(Date.now() + 39_000);
      expect(await counter.count(key)).toEqual({ kind: 'beyond', retryAfterSeconds: 1 });
      vi.setSystemTime(Date.now() + 1000);
      expect(await counter.count(key)).toEqual(within);
    } finally {
      vi.useRealTimers();
    }
  });

  it('forget what they are told to forget', async () => {
    const counter = open()('a', 1);
    await counter.count(key);
    expect(await counter.count(key)).toMatchObject({ kind: 'beyond' });
    await counter.clear(key);
    expect(await counter.count(key)).toEqual(within);
    await counter.clear('never counted');
  });

  it('keep names and keys apart', async () => {
    const openHere = open();
    const [one, other] = [openHere('a', 1), openHere('b', 1)];
    await one.count(key);
    expect(await other.count(key)).toEqual(within);
    expect(await one.count(`${key}'; DROP TABLE "RateLimit" --`)).toEqual(within);
  });
});

describe('counters of all instances', () => {
  it('count together', async () => {
    const [here, there] = [sharedCounters(store.database)('a', 2), sharedCounters(store.database)('a', 2)];
    expect(await here.count(key)).toEqual(within);
    expect(await there.count(key)).toEqual(within);
    expect(await here.count(key)).toMatchObject({ kind: 'beyond' });
    expect(await there.count(key)).toMatchObject({ kind: 'beyond' });
  });

  it('spend no statement on a flood', async () => {
    const statement = vi.spyOn(store.database, '$statement');
    const counter = sharedCounters(store.database)('a', 2);
    for (let attempt = 0; attempt < 20; attempt += 1) await counter.count(key);
    expect(statement).toHaveBeenCalledTimes(3);
    statement.mockRestore();
  });

  it('refuse while the database is away', async () => {
    const gone = connect({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', logger: createLogger('silent') });
    const counted = sharedCounters(gone)('a', 5).count(key);
    await expect(counted).rejects.toThrow(Refusal);
    await expect(counted).rejects.toMatchObject({ code: 'service_unavailable' });
  });
});
