import { afterAll, beforeAll, expect, it } from 'vitest';
import { deleteExpiredCounts } from '../../src/rate-limits/expired.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

let store: TestDatabase;
beforeAll(async () => void (store = await openTestDatabase()));
afterAll(() => store.close());

const inSeconds = (seconds: number): bigint => BigInt(Date.now() + seconds * 1000);

it('deletes counts long after their minute, batch by batch', async () => {
  const { database } = store;
  const [longOver, justOver, running] = [inSeconds(-90), inSeconds(-30), inSeconds(30)];
  await database.rateLimit.createMany({
    data: Array.from({ length: 1203 }, (_, index) => ({ key: `over:${index}`, points: 1, expire: longOver })),
  });
  await database.rateLimit.createMany({
    data: [
      { key: 'just over', points: 1, expire: justOver },
      { key: 'running', points: 1, expire: running },
    ],
  });
  expect(await deleteExpiredCounts(database)).toBe(1203);
  const left = await database.rateLimit.findMany({ select: { key: true }, orderBy: { key: 'asc' } });
  expect(left).toEqual([{ key: 'just over' }, { key: 'running' }]);
});
