/** Opens the store that the settings name: a real PostgreSQL, or the embedded one in the data folder. */
import path from 'node:path';
import { startEmbedded } from './embedded.ts';

/** Where the store answers, and how to let go of it. */
export interface Store {
  readonly kind: 'postgres' | 'embedded';
  readonly url: string;
  close(): Promise<void>;
}

/** `databaseUrl` names a real PostgreSQL; without it the data is in `dataDir`. */
export interface StoreOptions {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
}

/** Opens it. A real database is not contacted before the first query. */
export async function openStore({ databaseUrl, dataDir }: StoreOptions): Promise<Store> {
  if (databaseUrl !== undefined) return { kind: 'postgres', url: databaseUrl, close: async () => {} };
  const embedded = await startEmbedded({ kind: 'folder', folder: path.join(dataDir, 'postgres') });
  return { kind: 'embedded', url: embedded.url, close: () => embedded.close() };
}
