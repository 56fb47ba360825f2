/** Two APIs on one database, which differ in who hashes, and somebody who can log in to both. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type AuthApi, createAuthApi } from '@footbridge/core';
import { freePort, type ServerProcess, startServer } from '../guard/server-process.ts';

const benchFolder = fileURLToPath(new URL('../../', import.meta.url));

const patienceSeconds = 60; // twenty at once take their time where the cores have other work

/** bcrypt's, as the API has it by default. */
export const cost = 12;

/** Who hashes. */
export type Hashing = 'pool' | 'main thread';

/** One API. */
export interface LoginApi {
  readonly hashing: Hashing;
  readonly api: AuthApi;
  /** What is asked while others log in. */
  readonly verifyUrl: string;
}

/** Whoever logs in, and the token that is verified meanwhile. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
}

/** Everything that runs. */
export interface Site {
  readonly apis: readonly LoginApi[];
  readonly person: Person;
}

/** Every secret is of this run alone. */
const secret = (): string => randomBytes(36).toString('base64url');

/** Starts both, registers somebody, lends it all, and stops it whatever happens. */
export async function withSite<Result>(databaseUrl: string, use: (site: Site) => Promise<Result>): Promise<Result> {
  const environment = {
    DATABASE_URL: databaseUrl,
    COST: String(cost),
    WORKERS: String(availableParallelism()),
    API_SECRET: secret(),
    JWT_SECRET: secret(),
    API_CLIENT_SECRET: secret(),
  };
  const running: ServerProcess[] = [];
  const start = async (hashing: Hashing): Promise<LoginApi> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const command = ['--import', 'tsx', 'fixtures/login-api/server.ts'];
    const own = { ...environment, PORT: String(port), HASHING: hashing };
    running.push(await startServer({ command, cwd: benchFolder, environment: own, probe: `${url}/healthz` }));
    const clientSecret = environment.API_CLIENT_SECRET;
    const api = createAuthApi({ url, clientId: 'web', clientSecret, timeoutSeconds: patienceSeconds });
    return { hashing, api, verifyUrl: `${url}/api/verify` };
  };
  try {
    const [pool, mainThread] = [await start('pool'), await start('main thread')];
    return await use({ apis: [pool, mainThread], person: await register(pool) });
  } finally {
    await Promise.all(running.map((server) => server.stop()));
  }
}

async function register({ api }: LoginApi): Promise<Person> {
  const account = { email: 'ada@example.com', password: secret(), name: 'Ada Lovelace' };
  const registered = await api.register?.(account, { requestId: 'bench' });
  if (registered?.kind !== 'ok') throw new Error('nobody could register');
  return { email: account.email, password: account.password, accessToken: registered.value.token };
}

/** What must hold before anything is timed: the right password opens a session, another one does not. */
export async function prove({ apis, person }: Site): Promise<void> {
  const from = { requestId: 'bench' };
  for (const { hashing, api, verifyUrl } of apis) {
    const right = await api.login(person, from);
    const wrong = await api.login({ ...person, password: 'of nobody here' }, from);
    const isSound = right.kind === 'ok' && wrong.kind === 'refused' && wrong.code === 'invalid_credentials';
    if (!isSound) throw new Error(`hashing on the ${hashing} let the wrong one in, or kept the right one out`);
    const verified = await fetch(verifyUrl, { headers: { authorization: `Bearer ${person.accessToken}` } });
    if (!verified.ok) throw new Error(`the API that hashes on the ${hashing} does not know the token`);
  }
}
