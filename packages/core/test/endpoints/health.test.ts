import { describe, expect, it } from 'vitest';
import { loggedIn, publicOrigin, testBff } from '../fixtures/bff.ts';

const ask = (path: string, init: RequestInit = {}) => new Request(`${publicOrigin}${path}`, init);
const down = () => new Response(null, { status: 503 });
const keys = '/.well-known/jwks.json';

describe('liveness', () => {
  it('is told to anybody, without a session and without the API', async () => {
    const { bff, api } = testBff();
    api.answers.set(keys, down);
    const response = await bff.liveness.handle(ask('/healthz', { headers: { 'sec-fetch-site': 'cross-site' } }));
    expect([response.status, await response.json()]).toEqual([200, { success: true, message: 'alive' }]);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(api.requests).toEqual([]);
  });

  it('takes no writes', async () => {
    const response = await testBff().bff.liveness.handle(ask('/healthz', { method: 'POST' }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('readiness', () => {
  it('comes by itself once the API has told its keys', async () => {
    const { bff, api, clock } = testBff();
    const up = api.answers.get(keys) ?? down;
    api.answers.set(keys, down);
    const refused = await bff.readiness.handle(ask('/readyz'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ success: false, code: 'service_unavailable' });

    api.answers.set(keys, up);
    clock.now += 2_000;
    expect((await bff.readiness.handle(ask('/readyz'))).status).toBe(200);
  });

  it('stays when the API goes down afterwards', async () => {
    const test = testBff();
    await loggedIn(test);
    test.api.answers.set(keys, down);
    test.clock.now += 3_600_000;
    const before = test.api.requests.length;
    expect((await test.bff.readiness.handle(ask('/readyz', { method: 'HEAD' }))).status).toBe(200);
    expect(test.api.requests).toHaveLength(before);
  });

  it('ends when the process is told to stop', async () => {
    const { bff } = testBff({ isReady: () => false });
    expect((await bff.readiness.handle(ask('/readyz'))).status).toBe(503);
    expect((await bff.liveness.handle(ask('/healthz'))).status).toBe(200);
  });
});
