/** A migrated database of a test file's own: embedded, or on the server that TEST_DATABASE_URL names. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { type Database, connect } from '../../src/database/connect.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { createLogger } from '../../src/log.ts';
import { runOn, type Template, urlOf } from './template-database.ts';

/** A database that is there until it is closed. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens a copy of the template. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const template = inject('template');
  const copy = await copyOf(template);
  const database = connect({ url: copy.url, logger: createLogger('silent'), connections: connectionsTo(template) });
  return {
    url: copy.url,
    database,
    async close() {
      await database.$disconnect();
      await copy.close();
    },
  };
}

/** As many as the server has on an embedded database, and some on a real one. */
export function connectionsTo({ kind }: Template): number {
  return kind === 'embedded' ? 1 : 5;
}

/** A database by its URL alone. */
export interface EmptyDatabase {
  readonly url: string;
  close(): Promise<void>;
}

async function copyOf(template: Template): Promise<EmptyDatabase> {
  if (template.kind === 'embedded') {
    return startEmbedded({ kind: 'memory', image: new Blob([await readFile(template.image)]) });
  }
  const name = `fb_test_${randomUUID().slice(0, 8)}`;
  await runOn(template.server, `CREATE DATABASE ${name} TEMPLATE ${template.database}`);
  const url = urlOf(template.server, name);
  return { url, close: () => runOn(template.server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Opens a database without a single table. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const template = inject('template');
  if (template.kind === 'embedded') return copyOf({ ...template, image: template.emptyImage });
  return copyOf({ ...template, database: 'template1' });
}
