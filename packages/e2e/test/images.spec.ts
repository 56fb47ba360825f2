import { randomBytes } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { AppProcess } from '../src/app-process.ts';
import { createDatabase, postgresAnswers, type TestDatabase } from '../src/database.ts';
import { carryOut, type Image, type Images } from '../src/images/carry-out.ts';
import { containerOf, execute } from '../src/images/container.ts';
import { freePort } from '../src/ports.ts';
import { Visitor } from '../src/visitor.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const secret = (): string => randomBytes(36).toString('base64url');

/** What only building, testing or developing takes. */
const notForProduction =
  /\/node_modules\/(?:@electric-sql|@next\/swc|@playwright|@typescript|prisma|sharp|tsx|turbo|typescript|vitest)(?:\/|$)/;
const notForAnyone = /(?:\.env(?:\.|$)|\.tsx?$|\.map$|\.spec\.|\.test\.)/;
const mostMegabytes = { api: 40, web: 60 };

test.describe.configure({ mode: 'serial' });

let images: Images;
let database: TestDatabase;
let api: AppProcess;
let web: AppProcess;
let apiEnvironment: Record<string, string>;
let webEnvironment: Record<string, string>;

test.beforeAll(async () => {
  test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: the images have no embedded one');
  test.setTimeout(900_000);
  images = await carryOut(repository);
  await images.discard('build'); // what an image needs of it has been copied
  database = await createDatabase();
  const [apiPort, webPort] = [await freePort(), await freePort()];
  const shared = {
    WEB_ORIGIN: `http://localhost:${webPort}`,
    API_ORIGIN: `http://127.0.0.1:${apiPort}`,
    API_CLIENT_SECRET: secret(),
  };
  apiEnvironment = { ...shared, API_PORT: String(apiPort), API_SECRET: secret(), DATABASE_URL: database.url };
  webEnvironment = { ...shared, WEB_PORT: String(webPort), SESSION_SECRET: secret() };
  api = containerOf({ app: 'api', image: imageOf('api'), probe: probeOf(apiPort), environment: apiEnvironment });
  web = containerOf({ app: 'web', image: imageOf('web'), probe: probeOf(webPort), environment: webEnvironment });
});

test.afterAll(async () => {
  await Promise.all([api?.stop('SIGKILL'), web?.stop('SIGKILL')]);
  await database?.drop();
  await images?.discard();
});

function probeOf(port: number): string {
  return `http://127.0.0.1:${port}/healthz`;
}

function imageOf(app: 'api' | 'web'): Image {
  const image = images.stages.get(app);
  if (!image) throw new Error(`the Dockerfile has no stage ${app}`);
  return image;
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
}

/** Everything below a folder. Links are entries of their own: nothing is counted twice. */
async function entriesOf(folder: string, parent = ''): Promise<Entry[]> {
  const found = await readdir(path.join(folder, parent), { withFileTypes: true });
  const nested = found.map(async (entry): Promise<Entry[]> => {
    const name = `${parent}/${entry.name}`;
    if (entry.isDirectory()) return entriesOf(folder, name);
    return [{ name, bytes: (await lstat(path.join(folder, name))).size }];
  });
  return (await Promise.all(nested)).flat();
}

for (const app of ['api', 'web'] as const) {
  test(`the image of ${app} holds what production loads and nothing else`, async () => {
    const entries = await entriesOf(imageOf(app).root);
    const superfluous = entries.filter(({ name }) => notForProduction.test(name) || notForAnyone.test(name));
    expect(superfluous.map(({ name }) => name)).toEqual([]);
    const megabytes = entries.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000;
    test.info().annotations.push({ type: 'megabytes', description: megabytes.toFixed(1) });
    expect(megabytes).toBeLessThan(mostMegabytes[app]);
  });

  test(`the image of ${app} runs as a user without rights, and listens for other containers`, () => {
    const { user, stopSignal, environment, ports } = imageOf(app);
    expect(user).toBe('node');
    expect(stopSignal).toBe('SIGTERM');
    expect(environment).toEqual({ NODE_ENV: 'production', [`${app.toUpperCase()}_HOST`]: '0.0.0.0' });
    expect(ports).toEqual([app === 'api' ? 4000 : 3000]);
  });

  test(`the image of ${app} refuses to start without its secrets`, async () => {
    const { code, output } = await execute(imageOf(app), imageOf(app).command, {});
    expect(code).toBe(1);
    expect(output).toMatch(/API_CLIENT_SECRET: a secret is required in production/);
  });

  test(`the health check of ${app} fails while nothing listens`, async () => {
    const environment = app === 'api' ? apiEnvironment : webEnvironment;
    expect((await execute(imageOf(app), imageOf(app).healthcheck, environment)).code).toBe(1);
  });
}

test('the API says that the image has no embedded database', async () => {
  const { code, output } = await execute(imageOf('api'), imageOf('api').command, {
    ...apiEnvironment,
    DATABASE_URL: '',
  });
  expect(code).toBe(1);
  expect(output).toMatch(/DATABASE_URL: is required where no embedded database is installed/);
});

test('migrations run by themselves, before any app starts', async () => {
  const { code, output } = await execute(imageOf('api'), ['node', 'dist/database/deploy.js'], apiEnvironment);
  expect(code, output).toBe(0);
  const applied = await database.query('SELECT migration_name FROM "_prisma_migrations"');
  const written = await readdir(path.join(repository, 'apps/api/prisma/migrations'), { withFileTypes: true });
  expect(applied.length).toBe(written.filter((entry) => entry.isDirectory()).length);
});

test('a person logs in through both images, sees pages and reaches the API', async () => {
  test.setTimeout(120_000);
  await api.start({ MIGRATE_ON_START: 'false' });
  await web.start(); // as the compose file has it: a frontend without keys asks for patience at first
  const origin = webEnvironment['WEB_ORIGIN'] ?? '';
  const visitor = new Visitor();
  await visitor.register(origin, 'ada@example.com');

  const page = await visitor.open(`${origin}/private`);
  expect(page).toMatchObject({ status: 200, path: '/private' });
  expect(page.body).toContain('ada@example.com');
  const relayed = await visitor.call(`${origin}/api/proxy/notes`, 'GET');
  expect(relayed.status).toBe(200);
  expect(await relayed.json()).toMatchObject({ success: true, data: { notes: [] } });
  for (const asset of assetsOf(page.body)) {
    expect((await fetch(new URL(asset, origin))).status, asset).toBe(200);
  }
  expect((await fetch(`${origin}/_next/image?url=%2Ficon.svg&w=64&q=75`)).status).toBe(404);
});

test('the API shows its description with everything that the page loads', async () => {
  const page = new URL('/docs', apiEnvironment['API_ORIGIN']);
  const answer = await fetch(page);
  expect(answer.status).toBe(200);
  const assets = assetsOf(await answer.text());
  expect(assets.length).toBeGreaterThan(0);
  for (const asset of assets) expect((await fetch(new URL(asset, page))).status, asset).toBe(200);
});

test('a new signing key is made in the container that runs', async () => {
  const { code, output } = await execute(imageOf('api'), ['node', 'dist/access-token/rotate.js'], apiEnvironment);
  expect(code, output).toBe(0);
  expect(output).toMatch(/made the signing key/);
});

test('the health checks pass while both run', async () => {
  for (const app of ['api', 'web'] as const) {
    const environment = app === 'api' ? apiEnvironment : webEnvironment;
    const { code, output } = await execute(imageOf(app), imageOf(app).healthcheck, environment);
    expect(code, output).toBe(0);
  }
});

test('both leave in order when they are told to, having written nowhere', async () => {
  expect(await web.stop()).toBe(0);
  expect(await api.stop()).toBe(0);
  expect(web.output + api.output).not.toMatch(/EACCES|EROFS|ENOENT|unhandledRejection|Cannot find module/);
});

/** Scripts and style sheets that a page names. */
function assetsOf(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+\.(?:js|css)[^"]*)"/g)].map(
    (match) => match[1] ?? '',
  );
}
