import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, overheard } from '../../src/log.ts';
import { countEvent } from '../../src/metrics/events.ts';
import { measureHasher } from '../../src/metrics/hasher.ts';
import { createMetrics, measureProcess, type Metrics } from '../../src/metrics/metrics.ts';
import { Refusal } from '../../src/refusal.ts';
import { sharedDomain } from '../support/browser.ts';
import { asBearer, asClient, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
const metrics = createMetrics();

beforeAll(async () => {
  api = await startTestApp({ metrics, logger: overheard(createLogger('silent'), metrics.event) });
});
afterAll(() => api.close());

/** Series by name, with all their labels. */
async function series({ registry }: Metrics = metrics): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** By how much each series changes meanwhile, without those that do not. */
async function changed(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await series();
  await act();
  const after = await series();
  const changes = Array.from(after, ([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, by]) => by !== 0));
}

const refresh = (refreshToken: string) => asClient(request(api.app).post('/api/refresh')).send({ refreshToken });
const count = (route: string, method: string, status: string) =>
  `footbridge_api_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;

describe('the metrics', () => {
  it('count logins by outcome, though nothing is logged', async () => {
    const { email, password } = await registerSomebody(api.app);
    const login = (given: object) => asClient(request(api.app).post('/api/login')).send(given);
    expect(
      await changed(async () => {
        await login({ email, password }).expect(200);
        await login({ email, password: 'not it at all' }).expect(401);
        await login({ email: 'nobody@example.com', password }).expect(401);
      }),
    ).toMatchObject({
      'footbridge_api_logins_total{outcome="succeeded"}': 1,
      'footbridge_api_logins_total{outcome="refused"}': 2,
      [count('/api/login', 'POST', '2xx')]: 1,
      [count('/api/login', 'POST', '4xx')]: 2,
    });
  });

  it('count refreshes by outcome, and a theft as one', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    const changes = await changed(async () => {
      const { body } = await refresh(refreshToken).expect(200);
      await refresh(refreshToken).expect(200);
      await refresh(body.refreshToken).expect(200);
      await refresh(refreshToken).expect(401);
      await refresh(refreshToken).expect(401);
      await refresh('v1.no-such-session.1.mac').expect(401);
    });
    expect(changes).toMatchObject({
      'footbridge_api_refreshes_total{outcome="rotated"}': 2,
      'footbridge_api_refreshes_total{outcome="repeated"}': 1,
      'footbridge_api_refreshes_total{outcome="reused"}': 1,
      'footbridge_api_refreshes_total{outcome="revoked"}': 1,
      'footbridge_api_refreshes_total{outcome="invalid"}': 1,
      footbridge_api_refresh_token_reuses_total: 1,
      'footbridge_api_sessions_ended_total{reason="refresh_token_reused"}': 1,
    });
  });

  it('count ended sessions by reason, each once', async () => {
    const { email, password, token } = await registerSomebody(api.app);
    const { body } = await asClient(request(api.app).post('/api/login')).send({ email, password });
    const changes = await changed(async () => {
      const change = { currentPassword: password, newPassword: 'another password' };
      await asBearer(request(api.app).post('/api/me/password'), body.token).send(change).expect(200);
      await asBearer(request(api.app).post('/api/logout'), token).expect(200);
      await asBearer(request(api.app).post('/api/logout-all'), body.token).expect(200);
    });
    expect(changes).toMatchObject({
      'footbridge_api_sessions_ended_total{reason="password_changed"}': 1,
      'footbridge_api_sessions_ended_total{reason="logout_all"}': 1,
      'footbridge_api_password_changes_total{outcome="succeeded"}': 1,
    });
    expect(changes).not.toHaveProperty('footbridge_api_sessions_ended_total{reason="logout"}');
  });

  it('count requests of other sites by their evidence, a preflight too', async () => {
    const logger = overheard(createLogger('silent'), metrics.event);
    const app = await api.sibling({ browserPolicy: sharedDomain(), metrics, logger });
    const preflight = { Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'POST' };
    const name = 'footbridge_api_cross_site_refusals_total{reason="preflight"}';
    expect((await series()).get(name)).toBe(0);
    const changes = await changed(() => request(app).options('/api/login').set(preflight).expect(403));
    expect(changes).toMatchObject({ [name]: 1 });
    expect(changes).not.toHaveProperty('footbridge_api_cross_site_refusals_total{reason="other"}');
  });

  it('have no series of a client’s making', async () => {
    const names = async () => new Set((await series()).keys());
    await request(api.app).get('/nowhere');
    const before = await names();
    for (const path of ['/ada@example.com', '/api/notes/17?x=1', '/api/sessions/17', '/nowhere/else']) {
      await request(api.app).get(path);
      await request(api.app).delete(path);
    }
    const made = [...(await names())].filter((name) => !before.has(name));
    for (const name of made) expect(name).not.toMatch(/ada@|17|else/);
    countEvent(metrics, { name: 'rate_limited', details: { limit: 'x'.repeat(100) } });
    countEvent(metrics, { name: '__proto__', details: {} });
    expect((await series()).get('footbridge_api_rate_limited_total{limit="other"}')).toBe(1);
  });

  it('tell what waits for a worker, and what is refused', async () => {
    const own = createMetrics();
    const held: (() => void)[] = [];
    const full = new Refusal('service_unavailable');
    const hasher = measureHasher(
      {
        hash: () => new Promise((resolve) => held.push(() => resolve('hash'))),
        compare: () => Promise.reject(full),
        close: async () => {},
      },
      { metrics: own, workers: 1 },
    );
    const hashing = Array.from({ length: 3 }, () => hasher.hash({ password: 'x', cost: 4 }));
    expect((await series(own)).get('footbridge_api_password_hashes_waiting')).toBe(2);
    await expect(hasher.compare({ password: 'x', hash: 'y', cost: 4 })).rejects.toBe(full);
    for (const letGo of held) letGo();
    await Promise.all(hashing);
    const after = await series(own);
    expect(after.get('footbridge_api_password_hashes_waiting')).toBe(0);
    expect(after.get('footbridge_api_password_hashes_refused_total')).toBe(1);
    expect(after.get('footbridge_api_password_hash_duration_seconds_count')).toBe(3);
  });

  it('tell whether the process hears of the others', async () => {
    const own = createMetrics();
    let isHearing = true;
    measureProcess(own, () => isHearing);
    expect((await series(own)).get('footbridge_api_revocations_heard')).toBe(1);
    isHearing = false;
    expect((await series(own)).get('footbridge_api_revocations_heard')).toBe(0);
  });
});
