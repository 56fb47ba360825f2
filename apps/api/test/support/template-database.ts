/** One migrated database for the whole run; every test file opens a copy of its own. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';

/** Where a test file finds what it copies. */
export type Template =
  | { readonly kind: 'embedded'; readonly image: string; readonly emptyImage: string }
  | { readonly kind: 'postgres'; readonly server: string; readonly database: string };

declare module 'vitest' {
  interface ProvidedContext {
    template: Template;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env['TEST_DATABASE_URL'];
  const { template, remove } = server ? await postgresTemplate(server) : await embeddedTemplate();
  project.provide('template', template);
  return remove;
}

async function postgresTemplate(server: string) {
  const database = `fb_template_${randomUUID().slice(0, 8)}`;
  await runOn(server, `CREATE DATABASE ${database}`);
  await migrate(urlOf(server, database));
  const template: Template = { kind: 'postgres', server, database };
  return { template, remove: () => runOn(server, `DROP DATABASE ${database} WITH (FORCE)`) };
}

async function embeddedTemplate() {
  const folder = await mkdtemp(path.join(tmpdir(), 'footbridge-template-'));
  const dataDir = path.join(folder, 'postgres');
  const emptyImage = await dump(dataDir, path.join(folder, 'empty.tar'));
  const embedded = await startEmbedded({ kind: 'folder', folder: dataDir });
  await migrate(embedded.url);
  await embedded.close();
  const image = await dump(dataDir, path.join(folder, 'migrated.tar'));
  const template: Template = { kind: 'embedded', image, emptyImage };
  return { template, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function dump(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const engine = await PGlite.create(path.join(dataDir, 'data'));
  const image = await engine.dumpDataDir('none');
  await writeFile(file, new Uint8Array(await image.arrayBuffer()));
  await engine.close();
  return file;
}

/** Runs one statement on the server's own database. */
export async function runOn(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
