/** A database of a bench's own on a real PostgreSQL, migrated as the API migrates it, dropped afterwards. */
import { randomBytes } from 'node:crypto';
import { migrate } from '@footbridge/api/src/database/migrate.ts';
import { Client } from 'pg';

const server = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Where it is, and on which PostgreSQL. */
export interface BenchDatabase {
  readonly url: string;
  readonly version: string;
}

/** Makes the database, lends it, and drops it whatever happens. */
export async function withDatabase<Result>(use: (database: BenchDatabase) => Promise<Result>): Promise<Result> {
  const name = `footbridge_bench_${randomBytes(6).toString('hex')}`;
  const version = await onServer(async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? 'unknown';
  });
  try {
    const url = new URL(server);
    url.pathname = `/${name}`;
    await migrate(url.href);
    return await use({ url: url.href, version });
  } finally {
    await onServer((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  }
}

async function onServer<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
