/** Opens the store that the settings name: a real PostgreSQL, or the embedded one in the data folder. */
import path from 'node:path';
import { type Problem, SettingsError } from '@footbridge/settings';

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

/**
 * Opens it. A real database is not contacted before the first query.
 *
 * @throws {SettingsError} where the embedded database is needed and not installed, as in the image.
 */
export async function openStore({ databaseUrl, dataDir }: StoreOptions): Promise<Store> {
  if (databaseUrl !== undefined) return { kind: 'postgres', url: databaseUrl, close: async () => {} };
  const { startEmbedded } = await import('./embedded.ts').catch(refuseWithoutEmbedded);
  const embedded = await startEmbedded({ kind: 'folder', folder: path.join(dataDir, 'postgres') });
  return { kind: 'embedded', url: embedded.url, close: () => embedded.close() };
}

function refuseWithoutEmbedded(cause: unknown): never {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  throw isMissing ? new SettingsError([withoutDatabase]) : cause;
}

const withoutDatabase: Problem = {
  setting: 'DATABASE_URL',
  rule: 'is required where no embedded database is installed',
  remedy: 'write postgresql://user:password@host:5432/database',
};
