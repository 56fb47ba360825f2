/** Where Prisma's command line finds schema and migrations. The running app never reads this. */
import { defineConfig } from 'prisma/config';

const offlineCommands = ['generate', 'validate', 'format'];
const startsNoEngine = offlineCommands.some((command) => process.argv.includes(command));
const databaseUrl = process.env['DATABASE_URL'];

// These commands never start the schema engine, yet the CLI downloads its binary first. Naming any existing file
// as that binary skips the download; the migrate and db commands still get the real one.
if (startsNoEngine) process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(databaseUrl ? { datasource: { url: databaseUrl } } : {}),
});
