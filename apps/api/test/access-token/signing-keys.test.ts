import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { rotateSigningKey } from '../../src/access-token/key-rotation.ts';
import { loadSigningKeys, type PublishedKeys } from '../../src/access-token/signing-keys.ts';
import { connect, type Database } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { Refusal } from '../../src/refusal.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { connectionsTo, openTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { inject } from 'vitest';

const older = 'the older secret of thirty-two bytes or more';
const newer = 'the newer secret of thirty-two bytes or more';
const logger = createLogger('silent');
const someKid = 'A'.repeat(43);

let test: TestDatabase;
let clock: { now: number };
beforeAll(async () => void (test = await openTestDatabase()));
afterAll(() => test.close());
beforeEach(async () => {
  clock = { now: Date.now() };
  await test.database.signingKey.deleteMany();
});

const load = (apiSecrets: readonly string[], { database = test.database, tokenSeconds = 900 } = {}) =>
  loadSigningKeys({ database, secrets: createSecretRing(apiSecrets), tokenSeconds, logger, now: () => clock.now });
const rotate = (apiSecrets: readonly string[], signsInSeconds = 900) =>
  rotateSigningKey({
    database: test.database,
    secrets: createSecretRing(apiSecrets),
    signsInSeconds,
    isCompromised: false,
  });
const kidsOf = ({ keySet }: PublishedKeys): string[] => keySet.keys.map(({ kid }) => kid);
const another = (): Database => connect({ url: test.url, logger, connections: connectionsTo(inject('template')) });

describe('signing keys', () => {
  it('are made once for instances that start together', async () => {
    const instances = Array.from({ length: 4 }, another);
    const loaded = await Promise.all(instances.map((database) => load([older], { database })));
    await Promise.all(instances.map((database) => database.$disconnect()));
    expect(new Set(loaded.map((keys) => JSON.stringify(keys.keySet))).size).toBe(1);
    expect(new Set(loaded.map((keys) => keys.signer().kid)).size).toBe(1);
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
});

describe('a rotated key', () => {
  it('is published at once and signs when its time has come', async () => {
    const keys = await load([older]);
    const { kid: first } = keys.signer();
    const { kid: second } = await rotate([older]);
    await keys.reread();
    expect(kidsOf(keys)).toEqual([second, first]);
    clock.now += 899_000;
    expect(keys.signer().kid).toBe(first);
    clock.now += 2000;
    expect(keys.signer().kid).toBe(second);
    expect((await keys.find(first)).kind).toBe('found');
  });

  it('goes by the database’s clock wherever the process’s stands', async () => {
    const keys = await load([older]);
    const { kid: first } = keys.signer();
    await rotate([older]);
    clock.now += 3_600_000;
    await keys.reread();
    expect(keys.signer().kid).toBe(first);
    clock.now += 901_000;
    expect(keys.signer().kid).not.toBe(first);
  });

  it('becomes known by its use, and costs one query a second at most', async () => {
    const keys = await load([older]);
    const { kid } = await rotate([older]);
    const query = vi.spyOn(test.database, '$queryRaw');
    expect(await keys.find(kid)).toEqual({ kind: 'unknown' });
    clock.now += 1000;
    const found = await Promise.all([keys.find(kid), keys.find(someKid), keys.find('B'.repeat(43))]);
    expect(found.map(({ kind }) => kind)).toEqual(['found', 'unknown', 'unknown']);
    for (const forged of ['', '../../etc/passwd', `${someKid}A`, "' OR 1=1 --"]) {
      clock.now += 1000;
      expect(await keys.find(forged)).toEqual({ kind: 'unknown' });
    }
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it('cannot be judged while the rows cannot be read', async () => {
    const gone = connect({ url: 'postgresql://nobody@127.0.0.1:1/nowhere', logger });
    const keys = await load([older]);
    const known = keys.signer().kid;
    const query = vi.spyOn(test.database, '$queryRaw').mockImplementation(() => gone.$queryRaw`SELECT 1`);
    clock.now += 1000;
    expect(await keys.find(someKid)).toEqual({ kind: 'unavailable' });
    expect(await keys.find(someKid)).toEqual({ kind: 'unavailable' });
    expect((await keys.find(known)).kind).toBe('found');
    await expect(keys.reread()).rejects.toThrow(Refusal);
    query.mockRestore();
    clock.now += 1000;
    expect(await keys.find(someKid)).toEqual({ kind: 'unknown' });
  });

  it('notes the longest lifetime of the tokens it signs', async () => {
    await load([older], { tokenSeconds: 60 });
    await load([older], { tokenSeconds: 30 });
    expect(await test.database.signingKey.findMany()).toMatchObject([{ tokenSeconds: 60 }]);
    await load([older], { tokenSeconds: Number.MAX_SAFE_INTEGER });
    expect(await test.database.signingKey.findMany()).toMatchObject([{ tokenSeconds: 100_000_000_000 }]);
  });
});

describe('keys sealed with an older secret', () => {
  it('are sealed with the newest at start, so that the older can go', async () => {
    const before = await load([older]);
    await rotate([older]);
    await load([newer, older]);
    expect(kidsOf(await load([newer]))).toContain(before.signer().kid);
    await expect(load([older])).rejects.toThrow(/^API_SECRET/);
  });

  it('go back to it as easily', async () => {
    await load([older]);
    await load([newer, older]);
    await load([older, newer]);
    expect((await load([older])).signer().kid).toMatch(/^[\w-]{43}$/);
  });

  it('stay open to an instance that had opened them', async () => {
    const running = await load([older]);
    const { kid } = running.signer();
    await load([newer, older]);
    await load([newer]);
    await running.reread();
    expect(running.signer().kid).toBe(kid);
  });

  it('are no reason to die for an instance that lacks the secret: it refuses to sign for now', async () => {
    const running = await load([older]);
    const { kid: first } = running.signer();
    const { kid: second } = await rotate([newer, older], 60);
    await running.reread();
    expect(kidsOf(running)).toEqual([second, first]);
    expect(running.signer().kid).toBe(first);
    clock.now += 61_000;
    expect(() => running.signer()).toThrow(expect.objectContaining({ code: 'service_unavailable' }));
    expect((await running.find(second)).kind).toBe('found');
    await expect(load([older])).rejects.toThrow(/^API_SECRET/);
  });
});
