import { describe, expect, it } from 'vitest';
import type { UpstreamRequest } from '../../src/index.ts';
import { publicOrigin } from '../fixtures/bff.ts';
import { json, tokens } from '../fixtures/fake-api.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { ask, callOf, head, refusalOf, type RelayTest, relayTest, summary, valuesOf } from './relayed.ts';

const tokenOf = (request: UpstreamRequest | undefined) => request && valuesOf(request, 'authorization').join('|');
const isCleared = (line: string) => line.includes('Max-Age=0');
const minutes = 60_000;

function logout({ test, person }: RelayTest): Promise<Response> {
  const headers = { cookie: person.cookie(), 'sec-fetch-site': 'same-origin' };
  return test.bff.logout.handle(new Request(`${publicOrigin}/api/logout`, { method: 'POST', headers }));
}

describe('before the call', () => {
  it('a token about to expire is renewed, and its cookie goes out with the answer', async () => {
    const relay = await relayTest();
    const before = tokenOf(callOf(await ask(relay)).request);
    relay.test.clock.now += 880_000;
    const call = callOf(await ask(relay, { method: 'POST', hasBody: true }));
    expect(tokenOf(call.request)).not.toBe(before);
    expect(relay.test.rotating.calls).toHaveLength(1);
    const [cookie = ''] = valuesOf(call.answer(head(201)), 'set-cookie');
    expect(cookie).toMatch(/^__Host-Http-session=ey.+; HttpOnly; Secure; SameSite=Lax$/);
    expect(call.failure('timeout', 'x').headers.getSetCookie()).toEqual([cookie]);
  });

  it('a hundred calls at once rotate once', async () => {
    const relay = await relayTest();
    relay.test.clock.now += 900_000;
    const decisions = await Promise.all(Array.from({ length: 100 }, () => ask(relay)));
    expect(new Set(decisions.map((decision) => tokenOf(callOf(decision).request))).size).toBe(1);
    expect(relay.test.rotating.calls).toHaveLength(1);
  });

  it('an outage is no logout', async () => {
    const relay = await relayTest();
    relay.test.api.answers.delete('/api/refresh');
    relay.test.clock.now += 900_000;
    const response = refusalOf(await ask(relay));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('what is still valid outlives an outage', async () => {
    const relay = await relayTest();
    relay.test.api.answers.delete('/api/refresh');
    relay.test.clock.now += 880_000;
    expect((await ask(relay)).kind).toBe('forward');
  });

  it('a session that has ended is told so, and its cookie goes', async () => {
    const relay = await relayTest();
    relay.test.api.answers.set('/api/refresh', () => refused('session_revoked'));
    relay.test.clock.now += 900_000;
    const response = refusalOf(await ask(relay));
    expect(await summary({ kind: 'respond', response: response.clone() })).toEqual([401, 'unauthenticated']);
    expect(response.headers.getSetCookie().some(isCleared)).toBe(true);
  });

  it('a session that has ended is nobody where nobody need be known', async () => {
    const relay = await relayTest({ relay: { routes: [{ path: '/*', token: 'user if present' }] } });
    relay.test.api.answers.set('/api/refresh', () => refused('session_revoked'));
    relay.test.clock.now += 900_000;
    const call = callOf(await ask(relay));
    expect(tokenOf(call.request)).toBe('');
    expect(valuesOf(call.answer(head(200)), 'set-cookie').some(isCleared)).toBe(true);
  });

  it('a session that was logged out here is over at once', async () => {
    const relay = await relayTest();
    await logout(relay);
    expect(await summary(await ask(relay))).toEqual([401, 'unauthenticated']);
  });
});

describe('after the API has refused a token', () => {
  it('one more attempt is made, with a new one', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay, { target: '/api/proxy/notes?a=1', headers: { accept: '*/*' } }));
    const second = await call.retry(head(401));
    expect(second).toEqual({ ...call.request, headers: expect.any(Array) });
    expect(tokenOf(second)).not.toBe(tokenOf(call.request));
    expect(second?.headers.slice(1)).toEqual(call.request.headers.slice(1));
    expect(valuesOf(call.answer(head(200)), 'set-cookie')).toEqual([expect.stringMatching(/^__Host-Http-session=ey/)]);
    expect(await call.retry(head(401))).toBeUndefined();
    expect(relay.test.rotating.calls).toHaveLength(1);
  });

  it.each([200, 204, 302, 400, 403, 404, 500, 503])('only: %i stands', async (status) => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    expect(await call.retry(head(status))).toBeUndefined();
    expect(relay.test.rotating.calls).toEqual([]);
    expect(await call.retry(head(401))).toBeDefined();
  });

  it('a body is never sent twice', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay, { method: 'POST', hasBody: true }));
    expect(await call.retry(head(401))).toBeUndefined();
    expect(relay.test.rotating.calls).toEqual([]);
  });

  it('that had just been renewed, the answer stands', async () => {
    const relay = await relayTest();
    relay.test.clock.now += 900_000;
    const call = callOf(await ask(relay));
    expect(await call.retry(head(401))).toBeUndefined();
    expect(relay.test.rotating.calls).toHaveLength(1);
    expect(valuesOf(call.answer(head(401)), 'set-cookie')).toHaveLength(1);
  });

  it('many calls at once share one rotation', async () => {
    const relay = await relayTest();
    const calls = await Promise.all(Array.from({ length: 20 }, async () => callOf(await ask(relay))));
    const retried = await Promise.all(calls.map((call) => call.retry(head(401))));
    expect(new Set(retried.map(tokenOf)).size).toBe(1);
    expect(relay.test.rotating.calls).toHaveLength(1);
  });

  it('an endpoint that always says 401 costs one rotation a minute', async () => {
    const relay = await relayTest();
    const { person, test } = relay;
    const always401 = async () => {
      const call = callOf(await ask(relay));
      const again = await call.retry(head(401));
      const headers = new Headers(valuesOf(call.answer(head(401)), 'set-cookie').map((line) => ['set-cookie', line]));
      person.store(new Response(null, { headers }));
      return again !== undefined;
    };
    expect([await always401(), await always401(), await always401()]).toEqual([true, false, false]);
    expect(test.rotating.calls).toHaveLength(1);
    test.clock.now += minutes;
    expect([await always401(), await always401()]).toEqual([true, false]);
  });

  it('a session that has ended loses its cookie, and the answer stands', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    relay.test.api.answers.set('/api/refresh', () => refused('refresh_token_reused'));
    expect(await call.retry(head(401))).toBeUndefined();
    expect(valuesOf(call.answer(head(401)), 'set-cookie').some(isCleared)).toBe(true);
    expect(await summary(await ask(relay))).toEqual([401, 'unauthenticated']);
  });

  it('an outage of the refresh leaves everything as it is', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    relay.test.api.answers.delete('/api/refresh');
    expect(await call.retry(head(401))).toBeUndefined();
    expect(valuesOf(call.answer(head(401)), 'set-cookie')).toEqual([]);
    expect((await ask(relay)).kind).toBe('forward');
  });

  it('an API that gives the same token again is not asked with it twice', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    const token = tokenOf(call.request)?.replace('Bearer ', '');
    relay.test.api.answers.set('/api/refresh', async () =>
      json(200, await tokens(token === undefined ? {} : { token })),
    );
    expect(await call.retry(head(401))).toBeUndefined();
    expect(relay.asked()).toEqual(['/api/refresh']);
  });

  it('a fault of ours leaves the answer as it is', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    relay.test.api.answers.set('/api/refresh', () => Promise.reject(new TypeError('hunter2')));
    expect(await call.retry(head(401))).toBeUndefined();
    expect(JSON.stringify(relay.test.lines)).not.toContain('hunter2');
  });
});

describe('the end of a session', () => {
  it('is told to every call of it, once', async () => {
    const relay = await relayTest();
    const told: string[] = [];
    callOf(await ask(relay)).onSessionEnd(() => told.push('first'));
    callOf(await ask(relay)).onSessionEnd(() => told.push('second'));
    await logout(relay);
    await logout(relay);
    expect(told).toEqual(['first', 'second']);
  });

  it('is not told to a call that is over', async () => {
    const relay = await relayTest();
    const told: string[] = [];
    const unsubscribe = callOf(await ask(relay)).onSessionEnd(() => told.push('over'));
    unsubscribe();
    unsubscribe();
    await logout(relay);
    expect(told).toEqual([]);
  });

  it('is told soon to a call that comes too late', async () => {
    const relay = await relayTest();
    const call = callOf(await ask(relay));
    await logout(relay);
    const told: string[] = [];
    call.onSessionEnd(() => told.push('late'));
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual(['late']);
  });

  it('never comes for a call in nobody\u2019s name', async () => {
    const relay = await relayTest({ relay: { routes: [{ path: '/*', token: 'none' }] } });
    const told: string[] = [];
    callOf(await ask(relay)).onSessionEnd(() => told.push('none'));
    await logout(relay);
    expect(told).toEqual([]);
  });
});
