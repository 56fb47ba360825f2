import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, transact } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { Refusal } from '../../src/refusal.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

let store: TestDatabase;
beforeAll(async () => void (store = await openTestDatabase()));
afterAll(() => store.close());

const unavailable = { code: 'service_unavailable', details: { retryAfterSeconds: 2 } };

describe('transaction', () => {
  it('undoes what it did before it threw, and throws the same', async () => {
    const refusal = new Refusal('not_found');
    const failed = transact(store.database, async ({ rateLimit }) => {
      await rateLimit.create({ data: { key: 'undone', points: 1 } });
      throw refusal;
    });
    await expect(failed).rejects.toBe(refusal);
    expect(await store.database.rateLimit.count()).toBe(0);
  });

  it('is refused where it cannot begin', async () => {
    const gone = connect({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', logger: createLogger('silent') });
    await expect(transact(gone, async () => 'never')).rejects.toMatchObject(unavailable);
  });

  it('is refused where the database takes too long for it', async () => {
    const slow = transact(store.database, async ({ user }) => {
      await sleep(10_500);
      return user.count();
    });
    await expect(slow).rejects.toMatchObject(unavailable);
    expect(await store.database.user.count()).toBe(0);
  });
});
