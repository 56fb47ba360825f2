import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { type EmptyDatabase, emptyDatabase } from '../support/test-database.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/migration.mjs', import.meta.url));
const ours = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

let database: EmptyDatabase;
let folder: string;
beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'footbridge-migrations-'));
  await cp(ours, folder, { recursive: true });
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

async function migrationCount(): Promise<number> {
  const entries = await readdir(ours, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).length;
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const append = async (name: string, sql: string): Promise<void> => {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
};

const newestMigration = async (): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name));
  return names.toSorted().at(-1) ?? '';
};

describe('migrate', () => {
  it('applies what is pending, once', async () => {
    const names = (await readdir(ours)).filter((name) => /^\d/.test(name)).toSorted();
    expect(await migrate(database.url)).toEqual(names);
    expect(await migrate(database.url)).toEqual([]);
    expect(await query('SELECT count(*)::int AS people FROM "User"')).toEqual([{ people: 0 }]);
  });

  it('lets two runs at once agree', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
    const rows = await query('SELECT migration_name AS name FROM "_prisma_migrations"');
    expect(applied.flat()).toEqual(rows.map((row) => row['name']));
    expect(applied.filter((names) => names.length === 0)).toHaveLength(1);
  });

  it('refuses a file that was changed after it was applied', async () => {
    await migrate(database.url, folder);
    await writeFile(path.join(folder, await newestMigration(), 'migration.sql'), 'SELECT 1;');
    await expect(migrate(database.url, folder)).rejects.toThrow(/was changed after it was applied$/);
  });

  it('leaves nothing of a migration that fails', async () => {
    await append('99999999999999_broken', 'CREATE TABLE "Half" (id int); SELECT no_such_column FROM "User";');
    await expect(migrate(database.url, folder)).rejects.toThrow(/no_such_column/);
    expect(await query(`SELECT to_regclass('"Half"') AS half`)).toEqual([{ half: null }]);
    await append('99999999999999_broken', 'CREATE TABLE "Half" (id int);');
    expect((await migrate(database.url, folder)).at(-1)).toBe('99999999999999_broken');
  });

  it('stops at what Prisma has marked as failed', async () => {
    await migrate(database.url);
    await query('UPDATE "_prisma_migrations" SET finished_at = NULL');
    await expect(migrate(database.url)).rejects.toThrow(/failed earlier/);
    await query('UPDATE "_prisma_migrations" SET rolled_back_at = now()');
    await query(`DO $$ BEGIN EXECUTE (
      SELECT 'DROP TABLE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'); END $$`);
    expect(await migrate(database.url)).toHaveLength(await migrationCount());
  });

  it('records what Prisma Migrate would record', async () => {
    await migrate(database.url);
    const columns = await query(
      `SELECT length(id) AS id, length(checksum) AS checksum, finished_at >= started_at AS finished,
              rolled_back_at, logs, applied_steps_count AS steps FROM "_prisma_migrations"`,
    );
    const recorded = { id: 36, checksum: 64, finished: true, rolled_back_at: null, logs: null, steps: 1 };
    expect(columns).toEqual(Array.from({ length: await migrationCount() }, () => recorded));
  });
});

describe('schema.prisma', () => {
  it('is in step with the migrations', async () => {
    const { stdout } = await run(process.execPath, [script, 'check']);
    expect(stdout).toBe('schema.prisma and prisma/migrations are in step\n');
  }, 180_000); // compiles Prisma's engine and starts two databases
});
