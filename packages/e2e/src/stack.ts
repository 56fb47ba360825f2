/** Both apps, production builds, at the names of one variant, with a recorded wire between them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from './app-process.ts';
import { noLimits } from './no-limits.ts';
import { freePort } from './ports.ts';
import { hostsOf, type Site } from './site.ts';
import { openTlsFront, type TlsFront } from './tls-front.ts';
import { openWire, type Wire } from './wire.ts';

type Settings = Readonly<Record<string, string>>;

export interface StackOptions {
  /** Proxy mode over http where nothing is said. */
  readonly site?: Site;
  /** Settings of either app that differ from the stack's own. */
  readonly settings?: Settings;
  /** Settings of the frontend alone, which win over all others. */
  readonly webSettings?: Settings;
}

/** A running frontend and API, which are two sites or two subdomains to a browser. */
export interface Stack {
  readonly site: Site;
  /** The public origins: what a browser calls. Scripts of this machine can call them in proxy mode over http. */
  readonly webUrl: string;
  readonly apiUrl: string;
  /** The same apps for scripts, past names and TLS. */
  readonly webLoopbackUrl: string;
  readonly apiLoopbackUrl: string;
  readonly web: AppProcess;
  readonly api: AppProcess;
  /** Between the frontend's server and the API, never between a browser and the API. */
  readonly wire: Wire;
  /** Stops both apps and starts them again with these settings changed, on the same database. */
  restart(settings: Settings): Promise<void>;
  close(): Promise<void>;
}

const plainProxy: Site = { mode: 'proxy', scheme: 'http' };
const secret = (): string => randomBytes(36).toString('base64url');

/** Prepares a stack without starting its apps. */
export async function prepareStack(options: StackOptions = {}): Promise<Stack> {
  const site = options.site ?? plainProxy;
  const [webPort, apiPort] = [await freePort(), await freePort()];
  const [webLoopbackUrl, apiLoopbackUrl] = [`http://127.0.0.1:${webPort}`, `http://127.0.0.1:${apiPort}`];
  const { fronts, webUrl, apiUrl } = await openOrigins(site, { webPort, apiPort });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-e2e-'));
  const wire = await openWire([apiLoopbackUrl]);
  const shared = {
    NODE_ENV: 'production',
    ...modeSettings(site),
    WEB_ORIGIN: webUrl,
    API_ORIGIN: apiUrl,
    API_CLIENT_SECRET: secret(),
    DATA_DIR: dataDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...options.settings,
  };
  const api = new AppProcess({
    app: 'api',
    probe: `${apiLoopbackUrl}/healthz`,
    environment: {
      API_PORT: String(apiPort),
      API_SECRET: secret(),
      BCRYPT_COST: '4',
      BCRYPT_WORKERS: '1',
      ...noLimits,
      ...shared,
    },
  });
  const web = new AppProcess({
    app: 'web',
    probe: `${webLoopbackUrl}/api/session`,
    environment: {
      WEB_PORT: String(webPort),
      SESSION_SECRET: secret(),
      API_URL: wire.url,
      ...shared,
      ...options.webSettings,
    },
  });
  const stop = async (): Promise<void> => {
    await Promise.all([web.stop(), api.stop()]);
  };
  const restart = async (settings: Settings): Promise<void> => {
    await stop();
    await api.start(settings);
    await web.start(settings);
  };
  const close = async (): Promise<void> => {
    await stop();
    await Promise.all([wire, ...fronts].map((server) => server.close()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { site, webUrl, apiUrl, webLoopbackUrl, apiLoopbackUrl, web, api, wire, restart, close };
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

interface Ports {
  readonly webPort: number;
  readonly apiPort: number;
}

interface Origins {
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly fronts: readonly TlsFront[];
}

/** Over http the apps answer for themselves, over https a front of each does. */
async function openOrigins(site: Site, { webPort, apiPort }: Ports): Promise<Origins> {
  const hosts = hostsOf(site);
  if (site.scheme === 'http') {
    return { webUrl: `http://${hosts.web}:${webPort}`, apiUrl: `http://${hosts.api}:${apiPort}`, fronts: [] };
  }
  const web = await openTlsFront(hosts.web, `http://127.0.0.1:${webPort}`);
  const api = await openTlsFront(hosts.api, `http://127.0.0.1:${apiPort}`);
  return { webUrl: web.origin, apiUrl: api.origin, fronts: [web, api] };
}

function modeSettings(site: Site): Settings {
  const { cookieDomain } = hostsOf(site);
  return { COOKIE_MODE: site.mode, ...(cookieDomain !== undefined && { COOKIE_DOMAIN: cookieDomain }) };
}
