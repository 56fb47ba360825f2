/** The composition root: settings, store, keys, workers; then it listens until it is told to stop. */
import { createServer, type Server } from 'node:http';
import { createTokenCookies } from '@footbridge/core';
import { createDrain, openMetricsServer, stopOnSignal, type StopOutcome } from '@footbridge/operations';
import { keyChannel } from './access-token/key-rows.ts';
import { type KeyWatch, watchSigningKeys } from './access-token/key-watch.ts';
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
import { createLogger, type Logger, overheard } from './log.ts';
import { measureHasher } from './metrics/hasher.ts';
import { createMetrics, measureProcess, type Metrics } from './metrics/metrics.ts';
import { listenForNoteChanges, type NoteListener } from './notes/listener.ts';
import { createPasswords } from './passwords/passwords.ts';
import { createWorkerPool } from './passwords/worker-pool.ts';
import { createSecretRing } from './secrets/secret-ring.ts';
import { type Listener, listenForRevocations } from './revocations/listener.ts';
import { createServices, revocationRetentionSeconds, type Services } from './services.ts';
import { type CleanUp, startCleanUp } from './sessions/clean-up.ts';

const keepAliveSeconds = 65; // longer than a client keeps a connection, so that it is never closed under a request
const headersSeconds = 60;
const requestSeconds = 600; // the largest attachment over the slowest line; JSON bodies have less (http/json-body.ts)
const embeddedConnections = 1; // all of them are one session there, in which statements from several get mixed up

type Close = () => Promise<void>;

async function start(): Promise<void> {
  const settings = readApiSettings();
  const metrics = createMetrics();
  const logger = overheard(createLogger(settings.logLevel), metrics.event);
  const opened: Close[] = [];
  const close: Close = async () => {
    for (const closeOne of opened.toReversed()) await closeOne();
  };
  try {
    const server = createServer();
    const drain = createDrain(server);
    const services = await compose(settings, { logger, metrics, opened, isReady: () => drain.isReady() });
    if (settings.mode === 'development') await seedDemoUser(services);
    await listen(server.on('request', drain.watch(createApp(services))), settings);
    logger.info({ origin: settings.origin, ...settings.listen }, 'api_listening');
    stopOnSignal({
      onSignal: (signal) => logger.info({ signal }, 'api_stopping'),
      stop: async () => {
        const { cut } = await drain.stop(() => services.revocationSet.setCurrent(false));
        await close();
        return cut;
      },
      onStopped: (outcome) => tellHowItStopped(outcome, logger),
    });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Composing {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly opened: Close[];
  readonly isReady: () => boolean;
}

/** Opens everything that must be closed again, last opened first. */
async function compose(settings: ApiSettings, composing: Composing): Promise<Services> {
  const { logger, metrics, opened, isReady } = composing;
  opened.push(await openMetrics(settings, metrics));
  const store = await openStore(settings);
  opened.push(() => store.close());
  if (settings.migrateOnStart) {
    const applied = await migrate(store.url);
    logger.info({ applied, database: store.kind }, 'migrations_applied');
  }
  const isEmbedded = store.kind === 'embedded';
  const database = connect({ url: store.url, logger, ...(isEmbedded ? { connections: embeddedConnections } : {}) });
  opened.push(() => database.$disconnect());
  const { workers } = settings.bcrypt;
  const hasher = measureHasher(createWorkerPool({ workers }), { metrics, workers });
  opened.push(() => hasher.close());

  const secrets = createSecretRing(settings.apiSecrets);
  const tokenSeconds = Math.max(1, settings.policy.accessTokenSeconds);
  const signingKeys = await signingKeysOf(settings, { database, secrets, tokenSeconds, logger, now: Date.now });
  const passwords = await createPasswords({ hasher, cost: settings.bcrypt.cost });
  const { policy, origin: publicOrigin } = settings;
  const browserPolicy = browserPolicyOf(settings);
  const services = createServices({
    publicOrigin,
    database,
    passwords,
    signingKeys,
    secrets,
    policy,
    browserPolicy,
    trustedHops: settings.trustProxyHops,
    rateLimits: { policy: settings.rateLimits, counted: store.kind === 'embedded' ? 'here' : 'together' },
    logger,
    metrics,
    isReady,
  });
  measureProcess(metrics, () => services.revocationSet.isCurrent);
  const cleanUp = startCleaning(settings, services);
  opened.push(() => cleanUp.stop());
  const keyWatch = watchSigningKeys({ keys: signingKeys, logger });
  opened.push(() => keyWatch.close());
  const listener = await hearRevocations(store, services, keyWatch);
  opened.push(() => listener.close());
  const noteListener = hearNoteChanges(store, services);
  opened.push(() => noteListener.close());
  return services;
}

/** First to be opened and last to be closed: what happens meanwhile is what somebody may want to see. */
async function openMetrics(
  { metricsPort: port, listen: { host } }: ApiSettings,
  { registry }: Metrics,
): Promise<Close> {
  if (port === undefined) return async () => {};
  const server = await openMetricsServer({ host, port, registry });
  return () => server.close();
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
async function hearRevocations({ kind, url }: Store, services: Services, keyWatch: KeyWatch): Promise<Listener> {
  const { ledger, revocationSet: set, logger } = services;
  const otherChannels = [{ name: keyChannel, heard: () => void keyWatch.look() }];
  if (kind === 'postgres') return listenForRevocations({ url, ledger, set, otherChannels, logger });
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

function tellHowItStopped(outcome: StopOutcome, logger: Logger): void {
  if (outcome.kind === 'failed') logger.error({ err: outcome.error }, 'stop_failed');
  else if (outcome.cut > 0) logger.warn({ requests: outcome.cut }, 'requests_cut_off');
  else logger.info('api_stopped');
}

await start().catch(reportFailure);
