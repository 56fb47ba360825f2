/** Applies `prisma/migrations` as `prisma migrate deploy` does: same table, same checksums, same lock. */
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

const prismaLock = 72_707_369; // the advisory lock that Prisma Migrate itself takes
const connectSeconds = 10;
const ownMigrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const history = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/**
 * Applies every pending migration, all or none, and gives their names. Concurrent runs wait for each other.
 *
 * @throws {Error} when a migration was changed after it was applied, or failed earlier.
 */
export async function migrate(url: string, folder = ownMigrations): Promise<string[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectSeconds * 1000 });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [prismaLock]);
    await client.query(history);
    const pending = pendingOf(await readMigrations(folder), await readHistory(client));
    for (const migration of pending) await apply(client, migration);
    await client.query('COMMIT');
    return pending.map((migration) => migration.name);
  } finally {
    await client.end(); // without a COMMIT, this rolls back
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readHistory(client: Client): Promise<Map<string, AppliedMigration>> {
  const { rows } = await client.query<AppliedMigration>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

function pendingOf(migrations: readonly Migration[], applied: ReadonlyMap<string, AppliedMigration>): Migration[] {
  return migrations.filter(({ name, checksum }) => {
    const row = applied.get(name);
    if (!row) return true;
    if (!row.finished_at) throw new Error(`migration ${name} failed earlier: repair it with prisma migrate resolve`);
    if (row.checksum !== checksum) throw new Error(`migration ${name} was changed after it was applied`);
    return false;
  });
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query(sql);
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), now(), 1)`,
    [randomUUID(), checksum, name],
  );
}
