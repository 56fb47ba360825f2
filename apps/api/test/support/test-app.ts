/** The whole app over a database of the test's own, with a clock that stands still until the test moves it. */
import type { User } from '@footbridge/contracts';
import type { Express } from 'express';
import request from 'supertest';
import { loadSigningKeys, sharedSecretKeys } from '../../src/access-token/signing-keys.ts';
import { createApp } from '../../src/app.ts';
import type { BrowserPolicy } from '../../src/browsers/browsers.ts';
import type { Database } from '../../src/database/connect.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { createPasswords } from '../../src/passwords/passwords.ts';
import { createWorkerPool, type Hasher } from '../../src/passwords/worker-pool.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { type AuthPolicy, createServices, type Services } from '../../src/services.ts';
import { openTestDatabase } from './test-database.ts';

const cost = 4;

/** Settings as a test has them. */
export const policy: AuthPolicy = {
  client: { id: 'web', secret: 'client secret: 32 bytes, + and %' },
  issuer: 'http://api.test',
  audience: 'footbridge',
  accessTokenSeconds: 900,
  refreshGraceSeconds: 60,
  sessionIdleSeconds: 3600,
  sessionAbsoluteSeconds: 7200,
};

/** `API_SECRET` as a test has it. */
export const apiSecret = 'api secret of the tests, 32 bytes at least';

/** What a test may have otherwise. */
export interface TestAppOptions {
  readonly policy?: Partial<AuthPolicy>;
  readonly browserPolicy?: BrowserPolicy;
  readonly sharedSecret?: string;
  readonly apiSecrets?: readonly string[];
  readonly logger?: Logger;
  readonly hasher?: (hasher: Hasher) => Hasher;
  readonly cost?: number;
}

/** A running app without a socket. */
export interface TestApp {
  readonly app: Express;
  readonly services: Services;
  readonly database: Database;
  readonly databaseUrl: string;
  /** Another app on the same database. */
  sibling(options: TestAppOptions): Promise<Express>;
  /** Moves the clock. */
  advance(seconds: number): void;
  readonly now: () => number;
  close(): Promise<void>;
}

/** Starts an app over a fresh copy of the template database. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  let instant = Date.now();
  const now = (): number => instant;
  const store = await openTestDatabase();
  const { database } = store;
  const pool = createWorkerPool({ workers: 1 });

  const compose = async (given: TestAppOptions): Promise<Services> => {
    const secrets = createSecretRing(given.apiSecrets ?? [apiSecret]);
    const signingKeys =
      given.sharedSecret === undefined
        ? await loadSigningKeys({ database, secrets, now })
        : sharedSecretKeys(given.sharedSecret);
    const hasher = given.hasher?.(pool) ?? pool;
    const passwords = await createPasswords({ hasher, cost: given.cost ?? cost });
    const logger = given.logger ?? createLogger('silent');
    return createServices({
      database,
      passwords,
      signingKeys,
      secrets,
      policy: { ...policy, ...given.policy },
      ...(given.browserPolicy && { browserPolicy: given.browserPolicy }),
      logger,
      now,
    });
  };

  const services = await compose(options);
  return {
    app: createApp(services),
    services,
    database,
    databaseUrl: store.url,
    sibling: async (other) => createApp(await compose(other)),
    advance: (seconds) => {
      instant += seconds * 1000;
    },
    now,
    async close() {
      await pool.close();
      await store.close();
    },
  };
}

/** A person that no other test has registered. */
export function newAccount(): { email: string; password: string; name: string } {
  accounts += 1;
  return { email: `person${accounts}@example.com`, password: 'correct horse battery', name: `Person ${accounts}` };
}

let accounts = 0;

/** What registration answered. */
export interface Registered {
  readonly token: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly sessionId: string;
  readonly email: string;
  readonly password: string;
}

/** Registers a person through the wire. */
export async function registerSomebody(app: Express): Promise<Registered> {
  const account = newAccount();
  const { body } = await asClient(request(app).post('/api/register')).send(account).expect(201);
  const { user, session } = body.data;
  return { ...account, token: body.token, refreshToken: body.refreshToken, user, sessionId: session.id };
}

/** Adds the client credential. */
export function asClient(test: request.Test): request.Test {
  return test.set('Authorization', basic(policy.client.id, policy.client.secret));
}

/** A Basic credential with both halves form-encoded (RFC 6749, section 2.3.1). */
export function basic(id: string, secret: string): string {
  const encoded = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}

/** Adds a bearer token. */
export function asBearer(test: request.Test, token: string): request.Test {
  return test.set('Authorization', `Bearer ${token}`);
}
