/** The composition root: settings, store, keys, workers; then it listens until it is told to stop. */
import { createServer, type Server } from 'node:http';
import { createTokenCookies } from '@footbridge/core';
import {
  loadSigningKeys,
  sharedSecretKeys,
  type SigningKeys,
  type SigningKeysOptions,
} from './access-token/signing-keys.ts';
import { createApp } from './app.ts';
import type { BrowserPolicy } from './browsers/browsers.ts';
import { connect } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { openStore, type Store } from './database/open.ts';
import { seedDemoUser } from './database/seed.ts';
import { type ApiSettings, readApiSettings } from './env.ts';
import { reportFailure } from './failure.ts';
import { createLogger, type Logger } from './log.ts';
import { listenForNoteChanges, type NoteListener } from './notes/listener.ts';
import { createPasswords } from './passwords/passwords.ts';
import { createWorkerPool } from './passwords/worker-pool.ts';
import { createSecretRing } from './secrets/secret-ring.ts';
import { type Listener, listenForRevocations } from './revocations/listener.ts';
import { createServices, revocationRetentionSeconds, type Services } from './services.ts';
import { type CleanUp, startCleanUp } from './sessions/clean-up.ts';

const drainSeconds = 10;
const keepAliveSeconds = 65; // longer than a client keeps a connection, so that it is never closed under a request
const headersSeconds = 60;
const requestSeconds = 600; // the largest attachment over the slowest line; JSON bodies have less (http/json-body.ts)
const embeddedConnections = 1; // all of them are one session there, in which statements from several get mixed up

type Close = () => Promise<void>;

async function start(): Promise<void> {
  const settings = readApiSettings();
  const logger = createLogger(settings.logLevel);
  const opened: Close[] = [];
  const close: Close = async () => {
    for (const closeOne of opened.toReversed()) await closeOne();
  };
  try {
    const services = await compose(settings, { logger, opened });
    if (settings.mode === 'development') await seedDemoUser(services);
    const server = await listen(createServer(createApp(services)), settings);
    opened.push(
      () => drain(server),
      async () => services.revocationSet.setCurrent(false),
    );
    logger.info({ origin: settings.origin, ...settings.listen }, 'api_listening');
    stopOnSignal(close, logger);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens everything that must be closed again, last opened first. */
async function compose(
  settings: ApiSettings,
  { logger, opened }: { logger: Logger; opened: Close[] },
): Promise<Services> {
  const store = await openStore(settings);
  opened.push(() => store.close());
  if (settings.migrateOnStart) {
    const applied = await migrate(store.url);
    logger.info({ applied, database: store.kind }, 'migrations_applied');
  }
  const isEmbedded = store.kind === 'embedded';
  const database = connect({ url: store.url, logger, ...(isEmbedded ? { connections: embeddedConnections } : {}) });
  opened.push(() => database.$disconnect());
  const hasher = createWorkerPool({ workers: settings.bcrypt.workers });
  opened.push(() => hasher.close());

  const secrets = createSecretRing(settings.apiSecrets);
  const signingKeys = await signingKeysOf(settings, { database, secrets, now: Date.now });
  const passwords = await createPasswords({ hasher, cost: settings.bcrypt.cost });
  const { policy } = settings;
  const browserPolicy = browserPolicyOf(settings);
  const services = createServices({ database, passwords, signingKeys, secrets, policy, browserPolicy, logger });
  const cleanUp = startCleaning(settings, services);
  opened.push(() => cleanUp.stop());
  const listener = await hearRevocations(store, services);
  opened.push(() => listener.close());
  const noteListener = hearNoteChanges(store, services);
  opened.push(() => noteListener.close());
  return services;
}

/** In shared-domain mode the frontend's pages ask here themselves, and the session is in cookies of `cookieDomain`. */
function browserPolicyOf({ cookieMode, cookieDomain, ...settings }: ApiSettings): BrowserPolicy {
  if (cookieMode === 'proxy') return { kind: 'none' };
  if (cookieDomain === undefined) throw new TypeError('COOKIE_DOMAIN is missing after it was checked');
  return {
    kind: 'shared-domain',
    origins: [settings.webOrigin],
    cookies: createTokenCookies({ publicOrigin: settings.origin, cookieDomain }),
    trustedHops: settings.trustProxyHops,
  };
}

/** The embedded database has one process: what its rows tell at start is all there is to hear. */
async function hearRevocations({ kind, url }: Store, services: Services): Promise<Listener> {
  const { ledger, revocationSet: set, logger } = services;
  if (kind === 'postgres') return listenForRevocations({ url, ledger, set, logger });
  const { ended } = await ledger.readSince(undefined);
  set.add(ended);
  return { close: async () => {} };
}

/** Changes on the embedded database are this process's own: whoever follows them is told without a listener. */
function hearNoteChanges({ kind, url }: Store, { noteFollowers: followers, logger }: Services): NoteListener {
  return kind === 'postgres' ? listenForNoteChanges({ url, followers, logger }) : { close: async () => {} };
}

/** A session's row stays for as long as anybody may ask why it ended. */
function startCleaning({ policy }: ApiSettings, { database, logger }: Services): CleanUp {
  const marginSeconds = revocationRetentionSeconds(policy) + policy.refreshGraceSeconds;
  return startCleanUp({ database, marginSeconds, logger });
}

async function signingKeysOf({ signing }: ApiSettings, options: SigningKeysOptions): Promise<SigningKeys> {
  return signing.algorithm === 'HS256' ? sharedSecretKeys(signing.secret) : loadSigningKeys(options);
}

function listen(server: Server, { listen: { host, port } }: ApiSettings): Promise<Server> {
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  server.headersTimeout = headersSeconds * 1000;
  server.requestTimeout = requestSeconds * 1000;
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}

/** Takes no new connection, lets what is under way finish, and cuts what takes too long. */
function drain(server: Server): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const impatience = setTimeout(() => server.closeAllConnections(), drainSeconds * 1000);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(impatience);
      resolve();
    });
  });
}

/** The first signal stops in order, the second at once. */
function stopOnSignal(close: Close, logger: Logger): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info({ signal }, 'api_stopping');
    close().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, 'stop_failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

await start().catch(reportFailure);
