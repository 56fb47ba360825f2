/** A deployment: several processes of each app, one public origin each, a balancer in front of either. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppProcess } from './app-process.ts';
import { type Balancer, openBalancer } from './balancer.ts';
import { noLimits } from './no-limits.ts';
import { freePort } from './ports.ts';
import { hostsOf, type Site } from './site.ts';

type Settings = Readonly<Record<string, string>>;

export interface ClusterOptions {
  readonly databaseUrl: string;
  /** One of the variants over http. Proxy mode where nothing is said. */
  readonly site?: Site;
  /** Of either app; 2 by default. */
  readonly processes?: number;
  /** Settings of both apps that differ from the cluster's own. */
  readonly settings?: Settings;
  /** Where the frontends reach the API, made of where the balancer is: past something that a test puts in between. */
  readonly apiUrlOf?: (balancerUrl: string) => Promise<string>;
}

/** All frontends have one public origin, and so have all APIs. */
export interface Cluster {
  /** The public origins. Scripts of this machine can call them in proxy mode. */
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly webs: readonly AppProcess[];
  readonly apis: readonly AppProcess[];
  readonly webUrls: readonly string[];
  readonly apiUrls: readonly string[];
  readonly webBalancer: Balancer;
  readonly apiBalancer: Balancer;
  readonly clientCredential: string;
  close(): Promise<void>;
}

const plainProxy: Site = { mode: 'proxy', scheme: 'http' };
const secret = (): string => randomBytes(36).toString('base64url');

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { databaseUrl, site = plainProxy, processes = 2, settings = {}, apiUrlOf = async (url) => url } = options;
  const hosts = hostsOf(site);
  const [webPort, apiPort] = [await freePort(), await freePort()];
  const webUrls = await freeOrigins(processes);
  const apiUrls = await freeOrigins(processes);
  const webBalancer = await openBalancer({ targets: webUrls, readyPath: '/readyz', port: webPort });
  const apiBalancer = await openBalancer({ targets: apiUrls, readyPath: '/readyz', port: apiPort });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-cluster-'));
  const clientSecret = secret();
  const shared = {
    NODE_ENV: 'production',
    COOKIE_MODE: site.mode,
    ...(hosts.cookieDomain !== undefined && { COOKIE_DOMAIN: hosts.cookieDomain }),
    WEB_ORIGIN: `http://${hosts.web}:${webPort}`,
    API_ORIGIN: `http://${hosts.api}:${apiPort}`,
    API_CLIENT_SECRET: clientSecret,
    DATA_DIR: dataDir,
    NEXT_TELEMETRY_DISABLED: '1',
    ...settings,
  };
  const ofApis = {
    API_SECRET: secret(),
    DATABASE_URL: databaseUrl,
    BCRYPT_COST: '4',
    BCRYPT_WORKERS: '1',
    ...noLimits,
  };
  const ofWebs = { SESSION_SECRET: secret(), API_URL: await apiUrlOf(apiBalancer.url) };
  const apis = apiUrls.map((url) => {
    const environment = { ...ofApis, ...shared, API_PORT: new URL(url).port };
    return new AppProcess({ app: 'api', probe: `${url}/healthz`, environment });
  });
  const webs = webUrls.map((url) => {
    const environment = { ...ofWebs, ...shared, WEB_PORT: new URL(url).port };
    return new AppProcess({ app: 'web', probe: `${url}/healthz`, environment });
  });
  const close = async (): Promise<void> => {
    await Promise.all([...webs, ...apis].map((app) => app.stop('SIGKILL')));
    await Promise.all([webBalancer.close(), apiBalancer.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    for (const app of [...apis, ...webs]) await app.start();
    await Promise.all([webBalancer.untilReady(), apiBalancer.untilReady()]);
  } catch (error) {
    await close();
    throw error;
  }
  const clientCredential = `Basic ${Buffer.from(`web:${clientSecret}`).toString('base64')}`;
  const { WEB_ORIGIN: webUrl, API_ORIGIN: apiUrl } = shared;
  return { webUrl, apiUrl, webs, apis, webUrls, apiUrls, webBalancer, apiBalancer, clientCredential, close };
}

async function freeOrigins(count: number): Promise<string[]> {
  const origins: string[] = [];
  while (origins.length < count) origins.push(`http://127.0.0.1:${await freePort()}`);
  return origins;
}
