/** A second API process as far as a test can have one in its own: own connections, own memory, own listener, own port. */
import { createServer } from 'node:http';
import { inject } from 'vitest';
import { createApp } from '../../src/app.ts';
import { connect } from '../../src/database/connect.ts';
import { createLogger } from '../../src/log.ts';
import { listenForNoteChanges } from '../../src/notes/listener.ts';
import { listenForRevocations } from '../../src/revocations/listener.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { createServices, type Services } from '../../src/services.ts';
import { apiSecret, policy, type TestApp } from './test-app.ts';
import { connectionsTo } from './test-database.ts';

/** An instance that listens. */
export interface Instance {
  readonly origin: string;
  readonly services: Services;
  close(): Promise<void>;
}

/** Starts an instance on the database of a test app. `hears` is for real PostgreSQL: the embedded one notifies nobody. */
export async function startInstance(api: TestApp, { hears }: { readonly hears: boolean }): Promise<Instance> {
  const logger = createLogger('silent');
  const database = connect({ url: api.databaseUrl, logger, connections: connectionsTo(inject('template')) });
  const services = createServices({
    database,
    passwords: { hash: async () => '', matches: async () => false, isOutdated: () => false },
    signingKeys: api.services.signingKeys,
    secrets: createSecretRing([apiSecret]),
    policy,
    logger,
  });
  const { ledger, revocationSet: set, noteFollowers: followers } = services;
  const listener = hears ? await listenForRevocations({ url: api.databaseUrl, ledger, set, logger }) : undefined;
  const noteListener = hears ? listenForNoteChanges({ url: api.databaseUrl, followers, logger }) : undefined;
  const server = createServer(createApp(services));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    services,
    async close() {
      await listener?.close();
      await noteListener?.close();
      set.setCurrent(false);
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await database.$disconnect();
    },
  };
}
