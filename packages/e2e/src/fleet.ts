/** Several processes of each app on one PostgreSQL: what a deployment looks like, and where races live. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from './app-process.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { noLimits } from './no-limits.ts';
import { freePort } from './ports.ts';
import { openWire, type Wire } from './wire.ts';

export interface FleetOptions {
  readonly webs?: number;
  readonly apis?: number;
  /** Settings of both apps that differ from the fleet's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Settings of the frontends alone: a clock that is wrong, say. */
  readonly webEnvironment?: Readonly<Record<string, string>>;
}

/** All frontends share one public origin, as behind a load balancer; each answers at its own URL. */
export interface Fleet {
  readonly webUrls: readonly string[];
  readonly apiUrls: readonly string[];
  readonly webs: readonly AppProcess[];
  readonly apis: readonly AppProcess[];
  readonly database: TestDatabase;
  /** Between every frontend and the APIs, which it asks in turn. */
  readonly wire: Wire;
  readonly clientCredential: string;
  close(): Promise<void>;
}

const secret = (): string => randomBytes(36).toString('base64url');

export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const database = await createDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-fleet-'));
  const [webPorts, apiPorts] = [await freePorts(options.webs ?? 2), await freePorts(options.apis ?? 2)];
  const webUrls = webPorts.map((port) => `http://localhost:${port}`);
  const apiUrls = apiPorts.map((port) => `http://127.0.0.1:${port}`);
  const wire = await openWire(apiUrls);
  const clientSecret = secret();
  const shared = {
    NODE_ENV: 'production',
    WEB_ORIGIN: webUrls[0] ?? '',
    API_ORIGIN: apiUrls[0] ?? '',
    API_CLIENT_SECRET: clientSecret,
    DATA_DIR: dataDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...options.settings,
  };
  const hashing = { BCRYPT_COST: '4', BCRYPT_WORKERS: '1' };
  const apiSettings = { API_SECRET: secret(), DATABASE_URL: database.url, ...hashing, ...noLimits };
  const webSettings = { SESSION_SECRET: secret(), API_URL: wire.url };
  const apis = apiPorts.map(
    (port, index) =>
      new AppProcess({
        app: 'api',
        probe: `${apiUrls[index]}/healthz`,
        environment: { ...apiSettings, ...shared, API_PORT: String(port) },
      }),
  );
  const webs = webPorts.map(
    (port) =>
      new AppProcess({
        app: 'web',
        probe: `http://127.0.0.1:${port}/api/session`,
        environment: { ...webSettings, ...shared, ...options.webEnvironment, WEB_PORT: String(port) },
      }),
  );
  const close = async (): Promise<void> => {
    await Promise.all([...webs, ...apis].map((app) => app.stop()));
    await wire.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    for (const app of [...apis, ...webs]) await app.start();
  } catch (error) {
    await close();
    throw error;
  }
  const clientCredential = `Basic ${Buffer.from(`web:${clientSecret}`).toString('base64')}`;
  return { webUrls, apiUrls, webs, apis, database, wire, clientCredential, close };
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
