/** What this process counts and measures, for Prometheus (DESIGN section 14). Label values come from fixed lists. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RevocationReason } from '../revocations/ledger.ts';
import { countEvent } from './events.ts';

/** The metrics of one process, or of one app in a test. */
export interface Metrics extends Instruments {
  readonly registry: Registry;
  /** Counts what the log is told of. */
  readonly event: (name: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Every metric by its part in the app. */
export type Instruments = ReturnType<typeof createInstruments>;

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const hashSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16];

const refreshOutcomes = ['rotated', 'repeated', 'expired', 'revoked', 'reused', 'invalid', 'unavailable'] as const;

const endReasons: readonly RevocationReason[] = [
  'logout',
  'logout_all',
  'ended_by_user',
  'password_changed',
  'refresh_token_reused',
];

/** Creates the metrics, all at zero, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const instruments = createInstruments(registry);
  return { ...instruments, registry, event: (name, details) => countEvent(instruments, { name, details }) };
}

/** Adds what can be asked at any time: how the process fares, and whether it hears of sessions that end elsewhere. */
export function measureProcess({ registry }: Pick<Metrics, 'registry'>, isHearing: () => boolean): void {
  collectDefaultMetrics({ register: registry });
  registry.registerMetric(
    new Gauge({
      name: 'footbridge_api_revocations_heard',
      help: '1 while this process hears of sessions that end on other instances, else 0',
      registers: [],
      collect() {
        this.set(isHearing() ? 1 : 0);
      },
    }),
  );
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labels: Labels<Label>) =>
    zeroed(new Counter({ name, help, labelNames: Object.keys(labels), registers }), labels);
  return {
    requests: new Histogram({
      name: 'footbridge_api_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer, event streams left out',
      labelNames: ['method', 'route', 'status'],
      buckets: requestSeconds,
      registers,
    }),
    logins: counter('footbridge_api_logins_total', 'Logins by outcome', { outcome: ['succeeded', 'refused'] }),
    registrations: counter('footbridge_api_registrations_total', 'Accounts that were opened', {}),
    passwordChanges: counter('footbridge_api_password_changes_total', 'Password changes by outcome', {
      outcome: ['succeeded', 'refused'],
    }),
    refreshes: counter('footbridge_api_refreshes_total', 'Refreshes by outcome', { outcome: refreshOutcomes }),
    reuses: counter(
      'footbridge_api_refresh_token_reuses_total',
      'Sessions ended because a refresh token came twice',
      {},
    ),
    sessionsEnded: counter('footbridge_api_sessions_ended_total', 'Sessions that this process ended, by reason', {
      reason: endReasons,
    }),
    rateLimited: counter('footbridge_api_rate_limited_total', 'Requests refused with 429, by limit', {
      limit: ['account', 'address', 'session', 'user'],
    }),
    crossSiteRefusals: counter('footbridge_api_cross_site_refusals_total', 'Requests of other sites, by evidence', {
      reason: ['sec_fetch_site', 'origin', 'unmarked', 'preflight'],
    }),
    clientRefusals: counter(
      'footbridge_api_client_refusals_total',
      'Callers with a credential that is not the client’s',
      {},
    ),
    databaseFailures: counter('footbridge_api_database_failures_total', 'What went wrong with the database, by kind', {
      kind: ['request', 'connection', 'revocations_unheard', 'note_changes_unheard', 'clean_up'],
    }),
    hashing: new Histogram({
      name: 'footbridge_api_password_hash_duration_seconds',
      help: 'Time from asking for a hash or a comparison to its result, waiting included',
      buckets: hashSeconds,
      registers,
    }),
    hashesWaiting: new Gauge({
      name: 'footbridge_api_password_hashes_waiting',
      help: 'Hashes and comparisons that wait for a worker',
      registers,
    }),
    hashesRefused: counter(
      'footbridge_api_password_hashes_refused_total',
      'Hashes refused because the queue was full',
      {},
    ),
    feeds: new Gauge({
      name: 'footbridge_api_revocation_feeds_open',
      help: 'Frontend processes that follow the revocation feed here',
      registers,
    }),
  };
}

type Labels<Label extends string> = Readonly<Record<Label, readonly string[]>>;

/** A counter that has not counted is 0 rather than absent, or its first step would be invisible to `rate()`. */
function zeroed<Label extends string>(counter: Counter, labels: Labels<Label>): Counter {
  for (const [label, values] of Object.entries<readonly string[]>(labels)) {
    for (const value of values) counter.inc({ [label]: value }, 0);
  }
  return counter;
}
