/** One API, the upstream in front of it, and the same build of the frontend once per transport. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from '../app-process.ts';
import { noLimits } from '../no-limits.ts';
import { freePort } from '../ports.ts';
import { type Echo, openEcho } from './echo.ts';
import { commandOf, type Transport, transports } from './transports.ts';

/** A frontend, as one transport has it. */
export interface Front {
  readonly transport: Transport;
  /** The public origin. */
  readonly url: string;
  readonly port: number;
  readonly web: AppProcess;
}

/** All that a test of the relay stands on. */
export interface Stand {
  readonly echo: Echo;
  readonly api: AppProcess;
  readonly fronts: Readonly<Record<Transport, Front>>;
  close(): Promise<void>;
}

/** Settings of all apps that differ from the stand's own. */
export type StandSettings = Readonly<Record<string, string>>;

const secret = (): string => randomBytes(36).toString('base64url');

/** Starts everything. */
export async function startStand(settings: StandSettings = {}): Promise<Stand> {
  const echo = await openEcho();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-relay-'));
  const apiPort = await freePort();
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  echo.setApi(apiUrl);
  const shared = {
    NODE_ENV: 'production',
    API_ORIGIN: apiUrl,
    API_CLIENT_SECRET: secret(),
    DATA_DIR: dataDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...settings,
  };
  const fronts = {
    'custom server': await prepareFront('custom server', { ...shared, API_URL: echo.url }),
    'route handler': await prepareFront('route handler', { ...shared, API_URL: echo.url }),
  };
  const api = new AppProcess({
    app: 'api',
    probe: `${apiUrl}/healthz`,
    environment: {
      API_PORT: String(apiPort),
      API_SECRET: secret(),
      BCRYPT_COST: '4',
      BCRYPT_WORKERS: '1',
      ...noLimits,
      WEB_ORIGIN: fronts['custom server'].url,
      ...shared,
    },
  });
  const close = async (): Promise<void> => {
    const webs = transports.map((transport) => fronts[transport].web);
    await Promise.all([...webs, api].map((app) => app.stop('SIGKILL')));
    await echo.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await api.start();
    await Promise.all(transports.map((transport) => fronts[transport].web.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { echo, api, fronts, close };
}

async function prepareFront(transport: Transport, shared: StandSettings): Promise<Front> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const web = new AppProcess({
    app: 'web',
    probe: `http://127.0.0.1:${port}/api/session`,
    command: commandOf(transport, port),
    environment: { WEB_PORT: String(port), WEB_ORIGIN: url, SESSION_SECRET: secret(), ...shared },
  });
  return { transport, url, port, web };
}
