import { describe, expect, it } from 'vitest';
import type { GuardDecision, RequestContext } from '../../src/index.ts';
import { publicOrigin } from '../fixtures/bff.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { type Browser, browser, type SessionTest, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

const page = { accept: 'text/html', 'sec-fetch-dest': 'document' };
const refreshing = '/api/refresh?returnTo=%2Fprivate';

async function setUp(options: SessionTestOptions = {}) {
  const test = sessionTest(options);
  const person = browser(test);
  await person.login();
  return { test, person };
}

interface Visit extends RequestInit {
  readonly path?: string;
  readonly context?: RequestContext;
}

async function ask(test: SessionTest, person: Browser, { path = '/private', context, ...init }: Visit = {}) {
  const headers = { ...page, ...init.headers, cookie: person.cookie() };
  return summary(await test.bff.guard(new Request(publicOrigin + path, { ...init, headers }), context));
}

function summary(decision: GuardDecision): unknown {
  if (decision.kind === 'pass') return 'pass';
  const { status, headers } = decision.response;
  expect([headers.get('cache-control'), headers.getSetCookie()]).toEqual(['private, no-store', []]);
  return [status, headers.get('location')];
}

describe('the guard with an expired access token', () => {
  it.each<readonly [string, Visit, unknown]>([
    ['a document', {}, [307, refreshing]],
    ['a document with a query', { path: '/private?a=1&_rsc=x' }, [307, `${refreshing}%3Fa%3D1`]],
    ['a router fetch', { headers: { accept: '*/*', 'sec-fetch-dest': 'empty', rsc: '1' } }, [307, refreshing]],
    ['a script', { headers: { accept: 'application/json', 'sec-fetch-dest': 'empty' } }, [401, null]],
    ['a prefetch by header', { headers: { 'sec-purpose': 'prefetch;prerender' } }, [401, null]],
    ['a prefetch by an older header', { headers: { purpose: 'prefetch' } }, [401, null]],
    ['a prefetch that the host knows', { context: { isPrefetch: true } }, [401, null]],
    ['a server action', { method: 'POST', headers: { 'next-action': '40', accept: 'text/x-component' } }, 'pass'],
    ['a plain form', { method: 'POST', headers: { 'sec-fetch-mode': 'navigate' } }, 'pass'],
    ['a deletion', { method: 'DELETE', headers: { accept: 'application/json' } }, 'pass'],
  ])('answers %s', async (_name, visit, expected) => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    expect(await ask(test, person, visit)).toEqual(expected);
    expect(test.rotating.calls).toEqual([]);
  });

  it('does not vouch for a write that goes on', async () => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    const headers = { cookie: person.cookie(), 'x-footbridge-user': 'admin' };
    const decision = await test.bff.guard(new Request(`${publicOrigin}/private`, { method: 'POST', headers }));
    if (decision.kind === 'respond') throw new Error('the guard stopped a write');
    expect(decision.requestHeaders.has('x-footbridge-user')).toBe(false);
    expect(decision.requestHeaders.get('x-footbridge-path')).toBe('/private');
  });

  it('sends to login where the API has no refresh', async () => {
    const { test, person } = await setUp();
    const { bff, clock } = sessionTest({ api: { login: async () => ({ kind: 'unavailable', reason: 'unused' }) } });
    await bff.warmUp();
    clock.now = test.clock.now + 900_000;
    const visit = new Request(`${publicOrigin}/private`, { headers: { ...page, cookie: person.cookie() } });
    expect(summary(await bff.guard(visit))).toEqual([307, '/login?returnTo=%2Fprivate']);
  });

  it('renews a token whose signing key has been retired', async () => {
    const { person } = await setUp();
    const restarted = sessionTest({
      accessToken: { issuer: 'another', audience: 'a', keys: { kind: 'secret', secret: 's'.repeat(32) } },
    });
    expect(await ask(restarted, person)).toEqual([307, refreshing]);
  });
});

describe('the guard with a token about to expire', () => {
  it('renews it before the page needs it', async () => {
    const { test, person } = await setUp();
    test.clock.now += 869_999;
    expect(await ask(test, person)).toBe('pass');
    test.clock.now += 2_000;
    expect(await ask(test, person)).toEqual([307, refreshing]);
  });

  it.each<readonly [string, Visit]>([
    ['a prefetch', { headers: { 'sec-purpose': 'prefetch' } }],
    ['a script', { headers: { accept: 'application/json', 'sec-fetch-dest': 'empty' } }],
    ['a write', { method: 'POST' }],
  ])('lets %s pass', async (_name, visit) => {
    const { test, person } = await setUp();
    test.clock.now += 890_000;
    expect(await ask(test, person, visit)).toBe('pass');
  });

  it('leaves an API alone that failed a moment ago', async () => {
    const { test, person } = await setUp();
    test.api.answers.delete('/api/refresh');
    test.clock.now += 890_000;
    expect(await person.visit('/private')).toEqual({ status: 200, hops: [refreshing, '/private'] });
    person.jar.delete('__Host-Http-refresh-bounces');
    expect(await ask(test, person)).toBe('pass');
    test.clock.now += 2_000;
    expect(await ask(test, person)).toEqual([307, refreshing]);
  });

  it('sends nobody round twice whose token is valid', async () => {
    const { test, person } = await setUp();
    const other = sessionTest(); // another process, which knows nothing of the outage
    await other.bff.warmUp();
    test.api.answers.delete('/api/refresh');
    test.clock.now += 890_000;
    other.clock.now = test.clock.now;
    await person.visit('/private');
    expect(await ask(other, person)).toBe('pass');
  });
});

describe('the guard with a session that has ended', () => {
  it('says so at login', async () => {
    const { test, person } = await setUp();
    test.clock.now += 604_800_000;
    expect(await ask(test, person)).toEqual([307, '/login?reason=session_expired&returnTo=%2Fprivate']);

    const revoked = await setUp();
    await revoked.test.bff.logout.handle(
      new Request(`${publicOrigin}/api/logout`, {
        method: 'POST',
        headers: { cookie: revoked.person.cookie(), 'sec-fetch-site': 'same-origin' },
      }),
    );
    expect(await ask(revoked.test, revoked.person)).toEqual([307, '/login?reason=session_ended&returnTo=%2Fprivate']);
  });

  it('is told by the refresh and leads to login once', async () => {
    const { test, person } = await setUp();
    test.api.answers.set('/api/refresh', () => refused('session_revoked'));
    test.clock.now += 900_000;
    const location = '/login?reason=session_ended&returnTo=%2Fprivate';
    expect(await person.visit('/private')).toEqual({ status: 200, hops: [refreshing, location] });
    expect(person.jar.has('__Host-Http-session')).toBe(false);
  });
});
