/** `db:deploy`: applies pending migrations and nothing else. */
import { readDatabaseSettings } from '../env.ts';
import { reportFailure } from '../failure.ts';
import { createLogger } from '../log.ts';
import { migrate } from './migrate.ts';
import { openStore } from './open.ts';

async function deploy(): Promise<void> {
  const settings = readDatabaseSettings();
  const store = await openStore(settings);
  try {
    const applied = await migrate(store.url);
    createLogger(settings.logLevel).info({ applied, database: store.kind }, 'migrations_applied');
  } finally {
    await store.close();
  }
}

await deploy().catch(reportFailure);
