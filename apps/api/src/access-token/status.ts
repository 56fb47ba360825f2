/** `keys:status`: prints which signing keys and secrets are in use. */
import { reportFailure } from '../failure.ts';
import { reportKeys } from './key-report.ts';
import { readKeyStatus } from './key-status.ts';
import { withKeyStore } from './key-store.ts';

async function status(): Promise<void> {
  await withKeyStore(async ({ database, secrets }) => {
    process.stdout.write(`${reportKeys(await readKeyStatus(database, secrets))}\n`);
  });
}

await status().catch(reportFailure);
