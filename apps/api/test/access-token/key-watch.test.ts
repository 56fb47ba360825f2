import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyChannel } from '../../src/access-token/key-rows.ts';
import { rotateSigningKey } from '../../src/access-token/key-rotation.ts';
import { type KeyWatch, watchSigningKeys } from '../../src/access-token/key-watch.ts';
import { loadSigningKeys, type PublishedKeys, sharedSecretKeys } from '../../src/access-token/signing-keys.ts';
import { connect, type Database } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { createLedger } from '../../src/revocations/ledger.ts';
import { type Listener, listenerName, listenForRevocations } from '../../src/revocations/listener.ts';
import { createRevocationSet } from '../../src/revocations/revocation-set.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const isReal = process.env['TEST_DATABASE_URL'] !== undefined;
const within = { timeout: 10_000, interval: 20 } as const;
const secrets = createSecretRing(['a secret of this test, 32 bytes at least']);
const logger = createLogger('silent');
const never = 2_000_000_000;

let test: TestDatabase;
const opened: (KeyWatch | Listener)[] = [];
beforeAll(async () => void (test = await openTestDatabase()));
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of opened.splice(0)) await one.close();
});
afterAll(() => test.close());

const load = (database: Database = test.database): Promise<PublishedKeys> =>
  loadSigningKeys({ database, secrets, tokenSeconds: 900, logger, now: Date.now });
const rotate = async (): Promise<string> => {
  await test.database.signingKey.updateMany({ data: { signsFrom: new Date(0) } });
  return (await rotateSigningKey({ database: test.database, secrets, signsInSeconds: 900, isCompromised: false })).kid;
};
const knows = ({ keySet }: PublishedKeys, kid: string): boolean => keySet.keys.some((key) => key.kid === kid);

function watch(keys: PublishedKeys, intervalMs: number): KeyWatch {
  const watching = watchSigningKeys({ keys, logger, intervalMs });
  opened.push(watching);
  return watching;
}

describe('a watch over the signing keys', () => {
  it('reads the rows now and then', async () => {
    const keys = await load();
    watch(keys, 10);
    const kid = await rotate();
    await vi.waitFor(() => expect(knows(keys, kid)).toBe(true), within);
  });

  it('keeps what it knows while the database is away', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const keys = await load();
    const kids = JSON.stringify(keys.keySet);
    vi.spyOn(keys, 'reread').mockRejectedValue(new Error('away'));
    await watch(keys, never).look();
    expect(warn).toHaveBeenCalledWith(expect.anything(), 'signing_keys_unread');
    expect(JSON.stringify(keys.keySet)).toBe(kids);
  });

  it('has nothing to look at where a secret is shared', async () => {
    const warn = vi.spyOn(logger, 'warn');
    const watching = watchSigningKeys({ keys: sharedSecretKeys('a secret'), logger, intervalMs: 1 });
    await watching.look();
    await watching.close();
    expect(warn).not.toHaveBeenCalled();
  });

  it.runIf(isReal)('hears of a rotation at once, and of what it missed when it can hear again', async () => {
    const database = connect({ url: test.url, logger, connections: 2 });
    const keys = await load(database);
    const watching = watch(keys, never);
    const set = createRevocationSet({ retentionSeconds: 960, now: Date.now });
    const ledger = createLedger({ database, set, retentionSeconds: 960 });
    const otherChannels = [{ name: keyChannel, heard: () => void watching.look() }];
    opened.push(await listenForRevocations({ url: test.url, ledger, set, otherChannels, logger }));
    const first = await rotate();
    await vi.waitFor(() => expect(knows(keys, first)).toBe(true), within);

    await test.database.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${listenerName}`;
    const second = await rotate();
    await vi.waitFor(() => expect(knows(keys, second)).toBe(true), within);
    await opened.pop()?.close();
    await database.$disconnect();
  });
});
