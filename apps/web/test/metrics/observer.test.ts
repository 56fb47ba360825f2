import type { Observation } from '@footbridge/core';
import { describe, expect, it } from 'vitest';
import { createMetrics, measureProcess, type Metrics } from '../../src/metrics/metrics.ts';
import { createObserver } from '../../src/metrics/observer.ts';

type Lines = Record<string, unknown>[];

function observing() {
  const [metrics, lines]: [Metrics, Lines] = [createMetrics(), []];
  const logger = { debug: (event: string, details = {}) => void lines.push({ event, ...details }) };
  return { metrics, lines, observe: createObserver({ metrics, logger }) };
}

async function valueOf({ registry }: Metrics, series: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

const observations: readonly (readonly [series: string, observed: Observation])[] = [
  ['logins_total{outcome="refused"}', { kind: 'sign_in', by: 'login', outcome: 'refused' }],
  ['registrations_total{outcome="succeeded"}', { kind: 'sign_in', by: 'registration', outcome: 'succeeded' }],
  ['refreshes_total{outcome="reused"}', { kind: 'refresh', outcome: 'refresh_token_reused' }],
  ['refreshes_total{outcome="unavailable"}', { kind: 'refresh', outcome: 'unavailable' }],
  ['cross_site_refusals_total{reason="origin"}', { kind: 'cross_site', reason: 'origin' }],
  ['guard_verdicts_total{verdict="passed"}', { kind: 'guard', verdict: 'passed', requestId: 'id-of-a-page' }],
  ['relay_duration_seconds_count{status="5xx"}', { kind: 'relay_answered', status: 503, seconds: 0.2 }],
  ['relay_failures_total{kind="timeout"}', { kind: 'relay_failed', failure: 'timeout' }],
  ['relay_streams_open{kind="websocket"}', { kind: 'stream_opened', of: 'websocket' }],
  ['revocation_lag_seconds_count', { kind: 'revocation', lagSeconds: 0.01 }],
  ['signing_key_fetches_total{outcome="failed"}', { kind: 'signing_keys', outcome: 'failed' }],
];

describe('the observer', () => {
  it.each(observations)('counts %s', async (series, observed) => {
    const { metrics, observe } = observing();
    observe(observed);
    expect(await valueOf(metrics, `footbridge_web_${series}`)).toBe(1);
  });

  it('counts a stream no longer when it is over', async () => {
    const { metrics, observe } = observing();
    for (const kind of ['stream_opened', 'stream_closed'] as const) observe({ kind, of: 'events' });
    expect(await valueOf(metrics, 'footbridge_web_relay_streams_open{kind="events"}')).toBe(0);
  });

  it('has a line for what the guard answered by itself, and for nothing else', () => {
    const { lines, observe } = observing();
    for (const [, observed] of observations) observe(observed);
    observe({ kind: 'guard', verdict: 'sent_to_login', requestId: 'id-of-a-page' });
    expect(lines).toEqual([{ event: 'guard_verdict', verdict: 'sent_to_login', requestId: 'id-of-a-page' }]);
  });
});

describe('the process', () => {
  it.each([
    ['live', { kind: 'live', isStale: false }],
    ['down', { kind: 'down', isStale: false }],
    ['stale', { kind: 'down', isStale: true }],
    ['idle', { kind: 'idle', isStale: true }],
  ] as const)('tells a feed that is %s', async (state, feed) => {
    const { metrics } = observing();
    const heardAt = Date.now() - 5_000;
    measureProcess(metrics, () => ({ ...feed, since: heardAt, heardAt, lagMs: undefined, known: 3 }));
    for (const one of ['idle', 'live', 'down', 'stale']) {
      const value = await valueOf(metrics, `footbridge_web_revocation_feed_state{state="${one}"}`);
      expect(value).toBe(one === state ? 1 : 0);
    }
    expect(await valueOf(metrics, 'footbridge_web_revocation_feed_silence_seconds')).toBeGreaterThanOrEqual(5);
    expect(await valueOf(metrics, 'footbridge_web_revoked_sessions')).toBe(3);
    expect(await valueOf(metrics, 'nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });
});
