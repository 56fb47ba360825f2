/** What the key commands work on: the store that the settings name, opened for one task and closed after it. */
import { connect, type Database } from '../database/connect.ts';
import { openStore } from '../database/open.ts';
import { readKeySettings } from '../env.ts';
import { createLogger } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { createSecretRing, type SecretRing } from '../secrets/secret-ring.ts';

/** The store, and the secrets that seal what is in it. */
export interface KeyStore {
  readonly database: Database;
  readonly secrets: SecretRing;
}

const noKeys =
  'JWT_ALG is HS256: JWT_SECRET signs, and no command can rotate it; put a new one into the settings of both apps and ' +
  'restart them together (docs/keys.md), or change to JWT_ALG=ES256, whose keys rotate by this command';

/**
 * Runs a task on it.
 *
 * @throws {Error} when tokens are not signed with keys at all, but with `JWT_SECRET`.
 */
export async function withKeyStore(task: (store: KeyStore) => Promise<void>): Promise<void> {
  const settings = readKeySettings();
  if (settings.algorithm === 'HS256') throw new Error(noKeys);
  const store = await openStore(settings);
  const database = connect({ url: store.url, logger: createLogger(settings.logLevel), connections: 1 });
  try {
    await task({ database, secrets: createSecretRing(settings.apiSecrets) });
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new Error('the database does not answer: start it, or correct DATABASE_URL', { cause });
  } finally {
    await database.$disconnect();
    await store.close();
  }
}
