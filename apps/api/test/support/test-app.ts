/** The whole app over a database of the test's own, with a clock that stands still until the test moves it. */
import type { User } from '@footbridge/contracts';
import type { Express } from 'express';
import request from 'supertest';
import { loadSigningKeys, sharedSecretKeys } from '../../src/access-token/signing-keys.ts';
import { createApp } from '../../src/app.ts';
import type { BrowserPolicy } from '../../src/browsers/browsers.ts';
import type { Database } from '../../src/database/connect.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import type { Metrics } from '../../src/metrics/metrics.ts';
import { createPasswords } from '../../src/passwords/passwords.ts';
import { createWorkerPool, type Hasher } from '../../src/passwords/worker-pool.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { type AppDependencies, type AuthPolicy, createServices, type Services } from '../../src/services.ts';
import type { Judgement } from './conformance.ts';
import { watchLog } from './log-watch.ts';
import { expectNothingUndescribed, observed } from './observe.ts';
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
  readonly publicOrigin?: string;
  readonly policy?: Partial<AuthPolicy>;
  readonly browserPolicy?: BrowserPolicy;
  readonly trustedHops?: number;
  readonly sharedSecret?: string;
  readonly apiSecrets?: readonly string[];
  /** Default: one whose lines are searched for secrets when the app is closed. */
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly hasher?: (hasher: Hasher) => Hasher;
  readonly cost?: number;
  readonly rateLimits?: AppDependencies['rateLimits'];
  /** Who hears what each answer came to. By default what the API does not describe fails the file at its end. */
  readonly judged?: (judgement: Judgement) => void;
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

  const watch = watchLog();
  watch.note(apiSecret, policy.client.secret);
  const compose = async (given: TestAppOptions): Promise<Services> => {
    const secrets = createSecretRing(given.apiSecrets ?? [apiSecret]);
    const tokenSeconds = given.policy?.accessTokenSeconds ?? policy.accessTokenSeconds;
    const signingKeys =
      given.sharedSecret === undefined
        ? await loadSigningKeys({ database, secrets, tokenSeconds, logger: createLogger('silent'), now })
        : sharedSecretKeys(given.sharedSecret);
    const hasher = given.hasher?.(pool) ?? pool;
    const passwords = watch.passwords(await createPasswords({ hasher, cost: given.cost ?? cost }));
    const logger = given.logger ?? watch.logger;
    watch.note(...(given.apiSecrets ?? []), given.sharedSecret ?? '');
    const services = createServices({
      database,
      passwords,
      signingKeys,
      secrets,
      policy: { ...policy, ...given.policy },
      ...(given.publicOrigin !== undefined && { publicOrigin: given.publicOrigin }),
      ...(given.browserPolicy && { browserPolicy: given.browserPolicy }),
      ...(given.trustedHops !== undefined && { trustedHops: given.trustedHops }),
      ...(given.rateLimits && { rateLimits: given.rateLimits }),
      ...(given.metrics && { metrics: given.metrics }),
      logger,
      now,
    });
    return { ...services, tokenAnswer: watch.tokenAnswers(services.tokenAnswer) };
  };

  const services = await compose(options);
  return {
    app: observed(createApp(services), services, options.judged),
    services,
    database,
    databaseUrl: store.url,
    async sibling(other) {
      const others = await compose(other);
      return observed(createApp(others), others, other.judged);
    },
    advance: (seconds) => {
      instant += seconds * 1000;
    },
    now,
    async close() {
      await pool.close();
      await store.close();
      expectNothingUndescribed();
      watch.expectNoSecret();
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
