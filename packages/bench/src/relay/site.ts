/** What every hop has around it: the API, the upstream in front of it, and somebody who is logged in. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createAuthApi, createBff } from '@footbridge/core';
import { freePort, type ServerProcess, startServer } from '../guard/server-process.ts';
import { cookieHeaderOf } from '../session-cookie.ts';
import { scriptCommand } from './commands.ts';

const apiFolder = new URL('.', import.meta.resolve('@footbridge/api/package.json'));

/** A refresh in the middle of the bench would end the session: nobody stores its cookie. */
const accessTokenSeconds = 86_400;

/** What the servers are started with. `API_URL` is the upstream, which hands on to the API what it does not answer. */
export type SiteSettings = Readonly<Record<'API_URL' | 'API_CLIENT_SECRET' | 'SESSION_SECRET' | 'WEB_ORIGIN', string>>;

/** Somebody with two sessions. */
export interface Visitor {
  readonly email: string;
  /** The sealed session, for a relay that unseals it. */
  readonly cookieHeader: string;
  /** An access token as it came, for a proxy that adds the same one to every request. */
  readonly accessToken: string;
}

/** Everything but the hops. */
export interface Site {
  readonly settings: SiteSettings;
  readonly visitor: Visitor;
}

/** Every secret is of this run alone. */
const secret = (): string => randomBytes(36).toString('base64url');

/** Starts API and upstream, logs in, lends it all, and stops it whatever happens. */
export async function withSite<Result>(databaseUrl: string, use: (site: Site) => Promise<Result>): Promise<Result> {
  const [apiPort, upstreamPort] = [await freePort(), await freePort()];
  const settings = {
    API_URL: `http://127.0.0.1:${upstreamPort}`,
    API_CLIENT_SECRET: secret(),
    SESSION_SECRET: secret(),
    WEB_ORIGIN: 'http://localhost:3000', // decides the cookie's name and nothing that is measured here
  };
  const running: ServerProcess[] = [];
  try {
    running.push(await startApi(settings, { databaseUrl, port: apiPort }));
    running.push(await startUpstream(settings, { apiPort, port: upstreamPort }));
    return await use({ settings, visitor: await logIn(settings) });
  } finally {
    await Promise.all(running.map((server) => server.stop()));
  }
}

function startApi(
  { API_URL, API_CLIENT_SECRET, WEB_ORIGIN }: SiteSettings,
  { databaseUrl, port }: { databaseUrl: string; port: number },
): Promise<ServerProcess> {
  const environment = {
    API_ORIGIN: API_URL,
    API_PORT: String(port),
    API_SECRET: secret(),
    API_CLIENT_SECRET,
    WEB_ORIGIN,
    DATABASE_URL: databaseUrl,
    ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds),
    BCRYPT_COST: '4',
    BCRYPT_WORKERS: '1',
    LOG_LEVEL: 'warn',
  };
  const cwd = fileURLToPath(apiFolder);
  return startServer({ command: ['dist/server.js'], cwd, environment, probe: `http://127.0.0.1:${port}/healthz` });
}

function startUpstream(
  settings: SiteSettings,
  { apiPort, port }: { apiPort: number; port: number },
): Promise<ServerProcess> {
  const { environment, ...command } = scriptCommand('upstream')(port);
  const behind = { BEHIND_URL: `http://127.0.0.1:${apiPort}` };
  return startServer({
    ...command,
    environment: { ...settings, ...behind, ...environment },
    probe: `${settings.API_URL}/healthz`,
  });
}

/** Registers through a BFF with the hops' secrets, and logs in once more for a token that is not sealed. */
async function logIn({ API_URL, API_CLIENT_SECRET, SESSION_SECRET, WEB_ORIGIN }: SiteSettings): Promise<Visitor> {
  const api = createAuthApi({ url: API_URL, clientId: 'web', clientSecret: API_CLIENT_SECRET });
  const keys = { kind: 'jwks', url: `${API_URL}/.well-known/jwks.json` } as const;
  const bff = createBff({
    publicOrigin: WEB_ORIGIN,
    api,
    sessionSecrets: [SESSION_SECRET],
    accessToken: { issuer: API_URL, audience: 'footbridge', keys },
  });
  const account = { email: 'ada@example.com', password: secret(), name: 'Ada Lovelace' };
  const response = await bff.register.handle(
    new Request(`${WEB_ORIGIN}/api/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(account),
    }),
  );
  const login = await api.login(account, { requestId: 'bench' });
  if (!response.ok || login.kind !== 'ok') throw new Error('the visitor cannot log in');
  return { email: account.email, cookieHeader: cookieHeaderOf(response), accessToken: login.value.token };
}
