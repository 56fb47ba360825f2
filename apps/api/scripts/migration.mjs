/** `db:migration NAME` writes the next migration; `check` fails when schema and migrations differ. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { migrationsFolder, missingMigration } from './schema-engine.mjs';

/** @param {string} name */
async function writeMigration(name) {
  if (!/^[a-z0-9_]+$/.test(name)) return 'usage: db:migration NAME, where NAME is lower_case_with_underscores';
  const sql = await missingMigration();
  if (sql === undefined) return 'schema.prisma and prisma/migrations are in step: nothing to write';
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = path.join(migrationsFolder, `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'migration.sql'), sql);
  return `wrote ${path.relative(process.cwd(), folder)}`;
}

async function check() {
  const sql = await missingMigration();
  if (sql === undefined) return 'schema.prisma and prisma/migrations are in step';
  process.exitCode = 1;
  return `schema.prisma is ahead of prisma/migrations; write this with db:migration NAME:\n${sql}`;
}

const [verb, name = ''] = process.argv.slice(2);
const report = verb === 'new' ? await writeMigration(name) : await check();
process.stdout.write(`${report}\n`);
process.exit();
