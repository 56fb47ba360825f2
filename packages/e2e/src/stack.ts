/** Both apps on two sites, production builds, with a recorded wire between them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from './app-process.ts';
import { freePort } from './ports.ts';
import { openWire, type Wire } from './wire.ts';

export interface StackOptions {
  /** The public origin of the frontend where it is not its own address: behind TLS, say. */
  readonly webOrigin?: string;
  /** Settings of either app that differ from the stack's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Settings of the frontend alone, which win over all others. */
  readonly webSettings?: Readonly<Record<string, string>>;
}

/** A running frontend at `webUrl` and API at `apiUrl`, which are two different sites to a browser. */
export interface Stack {
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly web: AppProcess;
  readonly api: AppProcess;
  readonly wire: Wire;
  close(): Promise<void>;
}

const secret = (): string => randomBytes(36).toString('base64url');

/** Prepares a stack without starting its apps. */
export async function prepareStack(options: StackOptions = {}): Promise<Stack> {
  const [webPort, apiPort] = [await freePort(), await freePort()];
  const webUrl = `http://localhost:${webPort}`;
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-e2e-'));
  const wire = await openWire([apiUrl]);
  const shared = {
    NODE_ENV: 'production',
    WEB_ORIGIN: options.webOrigin ?? webUrl,
    API_ORIGIN: apiUrl,
    API_CLIENT_SECRET: secret(),
    DATA_DIR: dataDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...options.settings,
  };
  const api = new AppProcess({
    app: 'api',
    probe: `${apiUrl}/healthz`,
    environment: { API_PORT: String(apiPort), API_SECRET: secret(), BCRYPT_COST: '4', BCRYPT_WORKERS: '1', ...shared },
  });
  const web = new AppProcess({
    app: 'web',
    probe: `http://127.0.0.1:${webPort}/api/session`,
    environment: {
      WEB_PORT: String(webPort),
      SESSION_SECRET: secret(),
      API_URL: wire.url,
      ...shared,
      ...options.webSettings,
    },
  });
  const close = async (): Promise<void> => {
    await Promise.all([web.stop(), api.stop()]);
    await wire.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { webUrl, apiUrl, web, api, wire, close };
}

/** Starts both apps and waits until they listen. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await prepareStack(options);
  try {
    await stack.api.start();
    await stack.web.start();
  } catch (error) {
    await stack.close();
    throw error;
  }
  return stack;
}
