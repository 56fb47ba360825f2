/** Compares `schema.prisma` with `prisma/migrations` through Prisma's own schema engine: no binary, no server. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';

const app = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/**
 * Node's types leave WebAssembly to the browser's.
 *
 * @typedef {{ instance: { exports: { __wbindgen_start(): void } } }} Instantiated
 * @type {{ instantiate(binary: Uint8Array, imports: object): Promise<Instantiated> }}
 */
const webAssembly = Reflect.get(globalThis, 'WebAssembly');
const schemaFile = path.join(app, 'prisma/schema.prisma');

/** Where migrations live. */
export const migrationsFolder = path.join(app, 'prisma/migrations');

/**
 * The SQL that would bring the migrations up to the schema.
 *
 * @returns {Promise<string | undefined>} `undefined` when the two are in step.
 */
export async function missingMigration() {
  const { SchemaEngine } = await loadEngine();
  const schema = { files: [{ path: schemaFile, content: await readFile(schemaFile, 'utf8') }] };
  const engine = await SchemaEngine.new(
    { datamodels: schema.files.map((file) => [file.path, file.content]) },
    () => {},
    bindMigrationAwareSqlAdapterFactory(shadowDatabases),
  );
  const difference = await engine.diff({
    from: { tag: 'migrations', ...(await migrations()) },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return difference.exitCode === 0 ? undefined : difference.stdout;
}

/** The package's own loader expects a bundler, so its WebAssembly is instantiated by hand. */
async function loadEngine() {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bindings = await import(pathToFileURL(path.join(folder, 'schema_engine_bg.js')).href);
  const binary = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await webAssembly.instantiate(binary, { './schema_engine_bg.js': bindings });
  // oxlint-disable no-underscore-dangle -- the names that wasm-bindgen gives
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings;
}

async function connectToEmptyDatabase() {
  const database = await PGlite.create();
  const adapter = await new PrismaPGlite(database).connect();
  // The adapter's own executeScript() answers before the script has run.
  adapter.executeScript = async (sql) => void (await database.exec(sql));
  adapter.dispose = () => database.close();
  return adapter;
}

const shadowDatabases = {
  provider: /** @type {const} */ ('postgres'),
  adapterName: 'pglite',
  connect: connectToEmptyDatabase,
  connectToShadowDb: connectToEmptyDatabase,
};

async function migrations() {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const lock = await readFile(path.join(migrationsFolder, 'migration_lock.toml'), 'utf8');
  return {
    baseDir: migrationsFolder,
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: lock },
    migrationDirectories: await Promise.all(names.toSorted().map(migration)),
  };
}

/** @param {string} name */
async function migration(name) {
  const sql = await readFile(path.join(migrationsFolder, name, 'migration.sql'), 'utf8');
  return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } } };
}
