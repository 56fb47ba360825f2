/** The store without set-up: PostgreSQL as WebAssembly in this process, on a loopback socket, in a locked folder. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { lockFolder } from './folder-lock.ts';

const mostConnections = 20;

/** A running embedded database; `close` waits until its data is on disk. */
export interface EmbeddedDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the data lives: in a folder, or in memory, there optionally starting from a dumped data folder. */
export type EmbeddedStorage =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'memory'; readonly image?: Blob };

/**
 * Starts PGlite behind a socket that speaks PostgreSQL's protocol.
 *
 * @throws {Error} naming the process that has the folder open, if one does.
 */
export async function startEmbedded(storage: EmbeddedStorage): Promise<EmbeddedDatabase> {
  const unlock = storage.kind === 'folder' ? await claim(storage.folder) : () => {};
  try {
    const engine = await open(storage);
    const server = new PGLiteSocketServer({ db: engine, host: '127.0.0.1', port: 0, maxConnections: mostConnections });
    await server.start();
    return {
      url: `postgresql://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`,
      async close() {
        await server.stop();
        await engine.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function claim(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  return lockFolder(folder);
}

function open(storage: EmbeddedStorage): Promise<PGlite> {
  if (storage.kind === 'folder') return PGlite.create(path.join(storage.folder, 'data'));
  return PGlite.create({ dataDir: 'memory://', ...(storage.image ? { loadDataDir: storage.image } : {}) });
}
