/** The API and the three frontends in front of it, and somebody who is logged in to all of them. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createAuthApi, createBff } from '@footbridge/core';
import { cookieHeaderOf } from '../session-cookie.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';
import { buildVariant, nextCommand, type Variant, variants } from './variants.ts';

const apiFolder = new URL('.', import.meta.resolve('@footbridge/api/package.json'));

/** One frontend. */
export interface Frontend {
  readonly variant: Variant;
  /** The page behind its proxy. */
  readonly page: string;
  readonly server: ServerProcess;
}

/** Everything that runs. */
export interface Site {
  readonly api: ServerProcess;
  readonly frontends: readonly Frontend[];
  readonly visitor: Visitor;
}

/** One `Cookie` header for every frontend, so that all of them read the same bytes. */
export interface Visitor {
  readonly cookieHeader: string;
  /** The session behind the sealed cookie, and the one behind the bare token. */
  readonly sessions: { readonly sealed: string; readonly bare: string };
}

/** Every secret is of this run alone. */
const secret = (): string => randomBytes(36).toString('base64url');

/** Builds and starts everything, lends it, and stops it whatever happens. */
export async function withSite<Result>(databaseUrl: string, use: (site: Site) => Promise<Result>): Promise<Result> {
  const apiPort = await freePort();
  const settings = {
    API_URL: `http://127.0.0.1:${apiPort}`,
    API_CLIENT_SECRET: secret(),
    SESSION_SECRET: secret(),
    WEB_ORIGIN: 'http://localhost:3000', // decides the cookie's name and nothing that is measured here
  };
  const running: ServerProcess[] = [];
  try {
    const api = await startApi(settings, { databaseUrl, port: apiPort });
    running.push(api);
    const frontends: Frontend[] = [];
    for (const variant of variants) {
      const frontend = await startFrontend(variant, settings);
      running.push(frontend.server);
      frontends.push(frontend);
    }
    return await use({ api, frontends, visitor: await logIn(settings) });
  } finally {
    await Promise.all(running.map((server) => server.stop()));
  }
}

type Settings = Readonly<Record<'API_URL' | 'API_CLIENT_SECRET' | 'SESSION_SECRET' | 'WEB_ORIGIN', string>>;

function startApi(
  { API_URL, API_CLIENT_SECRET, WEB_ORIGIN }: Settings,
  { databaseUrl, port }: { databaseUrl: string; port: number },
): Promise<ServerProcess> {
  const environment = {
    API_ORIGIN: API_URL,
    API_PORT: String(port),
    API_SECRET: secret(),
    API_CLIENT_SECRET,
    WEB_ORIGIN,
    DATABASE_URL: databaseUrl,
    BCRYPT_COST: '4',
    BCRYPT_WORKERS: '1',
    LOG_LEVEL: 'warn', // a line per request would be a cost of the one frontend that asks
  };
  const cwd = fileURLToPath(apiFolder);
  return startServer({ command: ['dist/server.js'], cwd, environment, probe: `${API_URL}/healthz` });
}

async function startFrontend(variant: Variant, environment: Settings): Promise<Frontend> {
  const cwd = await buildVariant(variant);
  const port = await freePort();
  const page = `http://127.0.0.1:${port}/private`;
  const command = [nextCommand, 'start', '-H', '127.0.0.1', '-p', String(port)];
  return { variant, page, server: await startServer({ command, cwd, environment, probe: page }) };
}

/** Registers through a BFF with the frontends' secrets, and logs in once more for a token that is not sealed. */
async function logIn({ API_URL, API_CLIENT_SECRET, SESSION_SECRET, WEB_ORIGIN }: Settings): Promise<Visitor> {
  const api = createAuthApi({ url: API_URL, clientId: 'web', clientSecret: API_CLIENT_SECRET });
  const bff = createBff({
    publicOrigin: WEB_ORIGIN,
    api,
    sessionSecrets: [SESSION_SECRET],
    accessToken: {
      issuer: API_URL,
      audience: 'footbridge',
      keys: { kind: 'jwks', url: `${API_URL}/.well-known/jwks.json` },
    },
  });
  const account = { email: 'ada@example.com', password: secret(), name: 'Ada Lovelace' };
  const response = await bff.register.handle(
    new Request(`${WEB_ORIGIN}/api/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(account),
    }),
  );
  const sealedCookie = cookieHeaderOf(response);
  const authentication = await bff.authenticate(sealedCookie);
  const login = await api.login(account, { requestId: 'bench' });
  if (authentication.kind !== 'authenticated' || login.kind !== 'ok') throw new Error('the visitor cannot log in');
  return {
    cookieHeader: `${sealedCookie}; token=${login.value.token}`,
    sessions: { sealed: authentication.session.id, bare: login.value.data.session.id },
  };
}
