/** What this process counts and measures, for Prometheus (DESIGN section 14). Label values come from fixed lists. */
import type { RevocationsState } from '@footbridge/core';
import { processWide } from '@footbridge/next';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of this process. */
export interface Metrics extends Instruments {
  readonly registry: Registry;
}

/** Every metric by its part in the app. */
export type Instruments = ReturnType<typeof createInstruments>;

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const lagSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30];
const feedStates = ['idle', 'live', 'down', 'stale'] as const;

/** One registry for all bundles that Next.js makes, and for the custom server. */
export function processMetrics(): Metrics {
  return processWide('web.metrics', createMetrics);
}

/** Creates the metrics, all at zero, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  return { ...createInstruments(registry), registry };
}

/** Adds what can be asked at any time: how the process fares, and how well it hears of sessions that end elsewhere. */
export function measureProcess({ registry }: Pick<Metrics, 'registry'>, feed: () => RevocationsState): void {
  collectDefaultMetrics({ register: registry });
  registry.registerMetric(
    new Gauge({
      name: 'footbridge_web_revocation_feed_state',
      help: '1 for the state that the feed of ended sessions is in, else 0; stale: down for longer than is allowed',
      labelNames: ['state'],
      registers: [],
      collect() {
        const { kind, isStale } = feed();
        const now = kind === 'down' && isStale ? 'stale' : kind;
        for (const state of feedStates) this.set({ state }, state === now ? 1 : 0);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'footbridge_web_revocation_feed_silence_seconds',
      help: 'Time since the feed of ended sessions said anything',
      registers: [],
      collect() {
        this.set(Math.max(0, Date.now() - feed().heardAt) / 1000);
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'footbridge_web_revoked_sessions',
      help: 'Ended sessions that are held against tokens',
      registers: [],
      collect() {
        this.set(feed().known);
      },
    }),
  );
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string, labels: Labels) =>
    zeroed(new Counter({ name, help, labelNames: Object.keys(labels), registers }), labels);
  const signInOutcomes = ['succeeded', 'refused', 'invalid', 'unavailable'];
  return {
    requests: new Histogram({
      name: 'footbridge_web_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer, relayed calls left out',
      labelNames: ['method', 'route', 'status'],
      buckets: requestSeconds,
      registers,
    }),
    logins: counter('footbridge_web_logins_total', 'Logins by outcome', { outcome: signInOutcomes }),
    registrations: counter('footbridge_web_registrations_total', 'Registrations by outcome', {
      outcome: signInOutcomes,
    }),
    refreshes: counter('footbridge_web_refreshes_total', 'Rotations at the API by outcome', {
      outcome: ['succeeded', 'expired', 'revoked', 'reused', 'invalid', 'unavailable'],
    }),
    crossSiteRefusals: counter('footbridge_web_cross_site_refusals_total', 'Requests of other sites, by evidence', {
      reason: ['sec_fetch_site', 'origin', 'unmarked'],
    }),
    guardVerdicts: counter('footbridge_web_guard_verdicts_total', 'Page requests by what the guard decided', {
      verdict: ['public', 'passed', 'unverified', 'sent_to_refresh', 'sent_to_login', 'unauthenticated', 'unavailable'],
    }),
    relayed: new Histogram({
      name: 'footbridge_web_relay_duration_seconds',
      help: 'Time from the decision to relay a call to the head of its answer, a retry included',
      labelNames: ['status'],
      buckets: requestSeconds,
      registers,
    }),
    relayFailures: counter('footbridge_web_relay_failures_total', 'Relayed calls without an answer, by kind', {
      kind: ['timeout', 'unreachable', 'broken'],
    }),
    streams: new Gauge({
      name: 'footbridge_web_relay_streams_open',
      help: 'Event streams and WebSockets through the relay',
      labelNames: ['kind'],
      registers,
    }),
    revocationLag: new Histogram({
      name: 'footbridge_web_revocation_lag_seconds',
      help: 'Time from the end of a session at the API to hearing of it here, by the two clocks',
      buckets: lagSeconds,
      registers,
    }),
    keyFetches: counter('footbridge_web_signing_key_fetches_total', 'Fetches of the signing keys by outcome', {
      outcome: ['fetched', 'failed'],
    }),
  };
}

type Labels = Readonly<Record<string, readonly string[]>>;

/** A counter that has not counted is 0 rather than absent, or its first step would be invisible to `rate()`. */
function zeroed(counter: Counter, labels: Labels): Counter {
  for (const [label, values] of Object.entries(labels)) {
    for (const value of values) counter.inc({ [label]: value }, 0);
  }
  return counter;
}
