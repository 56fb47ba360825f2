import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSigningKeys } from '../../src/access-token/signing-keys.ts';
import { connect, type Database } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const older = 'the older secret of thirty-two bytes or more';
const newer = 'the newer secret of thirty-two bytes or more';

let test: TestDatabase;
beforeAll(async () => void (test = await openTestDatabase()));
afterAll(() => test.close());
beforeEach(async () => void (await test.database.signingKey.deleteMany()));

const load = (secrets: readonly string[], database: Database = test.database) =>
  loadSigningKeys({ database, secrets: createSecretRing(secrets), now: Date.now });

describe('signing keys', () => {
  it('are made once for instances that start together', async () => {
    const instances = Array.from({ length: 4 }, () => connect({ url: test.url, logger: createLogger('silent') }));
    const loaded = await Promise.all(instances.map((database) => load([older], database)));
    await Promise.all(instances.map((database) => database.$disconnect()));
    expect(new Set(loaded.map((keys) => JSON.stringify(keys.keySet))).size).toBe(1);
    expect(await test.database.signingKey.count()).toBe(1);
  });

  it('open with any listed secret', async () => {
    const before = await load([older]);
    expect((await load([newer, older])).keySet).toEqual(before.keySet);
  });

  it('refuse to start when no secret opens them', async () => {
    await load([older]);
    await expect(load([newer])).rejects.toThrow(/^API_SECRET: none of its members opens the stored signing key/);
  });

  it('lie in the database without their private half', async () => {
    await load([older]);
    const row = await test.database.signingKey.findFirstOrThrow();
    expect(JSON.stringify(row.publicJwk)).not.toMatch(/"d":/);
    expect(Buffer.from(row.sealedPrivateKey).toString('latin1')).not.toContain('PRIVATE');
    expect(row.kid).toMatch(/^[\w-]{43}$/);
  });

  it('publish older keys after the newest', async () => {
    const first = await load([older]);
    await test.database.signingKey.updateMany({ data: { createdAt: new Date(0) } });
    const other = await openTestDatabase();
    const second = await load([older], other.database);
    const [row] = await other.database.signingKey.findMany();
    await other.close();
    if (!row) throw new Error('there is no second key');
    await test.database.signingKey.create({ data: { ...row, publicJwk: { ...second.keySet.keys[0] } } });
    const both = await load([older]);
    expect(both).toMatchObject({ kid: row.kid, keySet: { keys: [...second.keySet.keys, ...first.keySet.keys] } });
  });
});
