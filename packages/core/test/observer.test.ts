import { describe, expect, it } from 'vitest';
import type { Observation, Observe } from '../src/index.ts';
import {
  cookieHeader,
  formPost,
  jsonPost,
  loggedIn,
  password,
  publicOrigin,
  scriptRequest,
  testBff,
} from './fixtures/bff.ts';
import { refused } from './fixtures/rotating-api.ts';
import { browser, sessionTest, type SessionTestOptions } from './fixtures/sessions.ts';

const keys = '/.well-known/jwks.json';
const down = () => new Response(null, { status: 500 });

function observing(): { seen: Observation[]; observe: Observe } {
  const seen: Observation[] = [];
  return { seen, observe: (observation) => void seen.push(observation) };
}

async function person(options: SessionTestOptions = {}) {
  const { seen, observe } = observing();
  const test = sessionTest({ observe, ...options });
  const somebody = browser(test);
  await somebody.login();
  seen.length = 0;
  return { seen, test, somebody };
}

const refresh = (cookie: string) => scriptRequest('/api/refresh', { method: 'POST', headers: { cookie } });
const page = (path: string, headers: Record<string, string> = {}) =>
  new Request(`${publicOrigin}${path}`, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...headers } });

describe('the observer', () => {
  it.each([
    ['succeeded', { email: 'ada@example.com', password }],
    ['invalid', { email: 'ada' }],
  ] as const)('hears of a login that %s', async (outcome, credentials) => {
    const { seen, observe } = observing();
    await testBff({ observe }).bff.login.handle(jsonPost('/api/login', credentials));
    expect(seen.filter(({ kind }) => kind === 'sign_in')).toEqual([{ kind: 'sign_in', by: 'login', outcome }]);
  });

  it.each([
    ['refused', 401, 'invalid_credentials'],
    ['unavailable', 500, 'internal_error'],
  ] as const)('hears of a login that is %s', async (outcome, status, code) => {
    const { seen, observe } = observing();
    const { bff, api } = testBff({ observe });
    api.answers.set('/api/login', () =>
      Response.json({ success: false, code, message: 'no', requestId: 'x' }, { status }),
    );
    await bff.login.handle(formPost('/api/login', { email: 'ada@example.com', password }));
    expect(seen).toContainEqual({ kind: 'sign_in', by: 'login', outcome });
  });

  it('hears of one rotation for all who shared it', async () => {
    const { seen, test, somebody } = await person();
    test.clock.now += 900_000;
    const cookie = somebody.cookie();
    await Promise.all(Array.from({ length: 20 }, () => test.bff.refresh.handle(refresh(cookie))));
    expect(seen.filter(({ kind }) => kind === 'refresh')).toEqual([{ kind: 'refresh', outcome: 'succeeded' }]);
  });

  it.each(['session_expired', 'session_revoked', 'refresh_token_reused', 'invalid_refresh_token'] as const)(
    'hears that a refresh ended in %s',
    async (code) => {
      const { seen, test, somebody } = await person();
      test.api.answers.set('/api/refresh', () => refused(code));
      await test.bff.refresh.handle(refresh(somebody.cookie()));
      expect(seen).toContainEqual({ kind: 'refresh', outcome: code });
    },
  );

  it('tells an outage from an end', async () => {
    const { seen, test, somebody } = await person();
    test.api.answers.set('/api/refresh', () => new Response('oops', { status: 502 }));
    await test.bff.refresh.handle(refresh(somebody.cookie()));
    expect(seen).toContainEqual({ kind: 'refresh', outcome: 'unavailable' });
  });

  it.each([
    ['sec_fetch_site', { 'sec-fetch-site': 'cross-site' }],
    ['origin', { origin: 'https://evil.example' }],
    ['unmarked', {}],
  ] as const)('hears of a request that another site made, by %s', async (reason, headers) => {
    const { seen, observe } = observing();
    const { bff } = testBff({ observe, relay: { url: 'http://127.0.0.1:4000' } });
    await bff.logout.handle(new Request(`${publicOrigin}/api/logout`, { method: 'POST', headers }));
    await bff.relay.judge({ method: 'POST', target: '/api/proxy/x', headers: Object.entries(headers), hasBody: false });
    expect(seen).toEqual([
      { kind: 'cross_site', reason },
      { kind: 'cross_site', reason },
    ]);
  });

  it('hears every verdict of the guard, with the id of the request', async () => {
    const { seen, test, somebody } = await person();
    const cookie = somebody.cookie();
    await test.bff.guard(page('/'));
    await test.bff.guard(page('/private', { cookie, 'x-request-id': 'the-second-one' }));
    await test.bff.guard(page('/private'));
    await test.bff.guard(page('/private', { accept: 'application/json', 'sec-fetch-dest': 'empty' }));
    test.clock.now += 900_000;
    await test.bff.guard(page('/private', { cookie }));
    await test.bff.guard(new Request(`${publicOrigin}/private`, { method: 'POST', headers: { cookie } }));
    const verdicts = seen.flatMap((one) => (one.kind === 'guard' ? [one.verdict] : []));
    expect(verdicts).toEqual(['public', 'passed', 'sent_to_login', 'unauthenticated', 'sent_to_refresh', 'unverified']);
    expect(seen[1]).toMatchObject({ requestId: 'the-second-one' });
  });

  it('hears how long a relayed call took, and what became of it', async () => {
    const { seen, observe } = observing();
    const test = testBff({ observe, relay: { url: 'http://127.0.0.1:4000' } });
    const cookie = await loggedIn(test);
    seen.length = 0;
    const asked = { method: 'GET', target: '/api/proxy/notes', hasBody: false };
    const decision = await test.bff.relay.judge({
      ...asked,
      headers: [
        ['cookie', cookie],
        ['sec-fetch-site', 'same-origin'],
      ],
    });
    if (decision.kind !== 'forward') throw new Error('refused');
    decision.call.answer({ status: 404, statusText: '', headers: [] });
    decision.call.streams('websocket')();
    decision.call.failure('timeout', 'ETIMEDOUT');
    expect(seen).toEqual([
      { kind: 'relay_answered', status: 404, seconds: expect.any(Number) },
      { kind: 'stream_opened', of: 'websocket' },
      { kind: 'stream_closed', of: 'websocket' },
      { kind: 'relay_failed', failure: 'timeout' },
    ]);
  });

  it('hears of every fetch of the signing keys', async () => {
    const { seen, observe } = observing();
    const { bff, api, clock } = testBff({ observe });
    const up = api.answers.get(keys) ?? down;
    api.answers.set(keys, down);
    expect(await bff.warmUp()).toBe(false);
    api.answers.set(keys, up);
    clock.now += 2_000;
    expect(await bff.warmUp()).toBe(true);
    expect(seen).toEqual([
      { kind: 'signing_keys', outcome: 'failed' },
      { kind: 'signing_keys', outcome: 'fetched' },
    ]);
  });

  it('is told nothing of a person', async () => {
    const { seen, observe } = observing();
    const test = testBff({ observe });
    const response = await test.bff.login.handle(jsonPost('/api/login', { email: 'ada@example.com', password }));
    await test.bff.guard(page('/private/a-secret-path', { cookie: cookieHeader(response) }));
    const text = JSON.stringify(seen);
    for (const secret of ['ada@example.com', password, 'a-secret-path']) expect(text).not.toContain(secret);
  });
});
