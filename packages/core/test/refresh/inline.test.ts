import { describe, expect, it } from 'vitest';
import { json } from '../fixtures/fake-api.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { browser, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

const name = '__Host-Http-session';

async function setUp(options: SessionTestOptions = {}) {
  const test = sessionTest(options);
  const person = browser(test);
  await person.login();
  const inline = () => test.bff.authenticateAndRefresh(person.cookie());
  return { test, person, inline };
}

describe('authenticateAndRefresh', () => {
  it('changes nothing while nothing is due', async () => {
    const { test, person, inline } = await setUp();
    const cookieHeader = person.cookie();
    expect(await inline()).toMatchObject({ authentication: { kind: 'authenticated' }, cookies: [], cookieHeader });
    expect(await test.bff.authenticateAndRefresh(null)).toEqual({
      authentication: { kind: 'anonymous', reason: 'no_cookie' },
      cookies: [],
      cookieHeader: null,
    });
    expect(test.rotating.calls).toEqual([]);
  });

  it.each([871_000, 900_000, 86_400_000])('renews what is due after %i ms', async (later) => {
    const { test, person, inline } = await setUp();
    test.clock.now += later;
    const { authentication, cookies, cookieHeader } = await inline();
    expect(authentication).toMatchObject({ kind: 'authenticated', session: { refreshDue: false } });
    expect(cookies).toEqual([
      { name, value: expect.any(String), maxAge: 604_800, httpOnly: true, secure: true, sameSite: 'lax', path: '/' },
    ]);
    expect(cookieHeader).not.toBe(person.cookie());
    expect((await test.bff.authenticate(cookieHeader)).kind).toBe('authenticated');
  });

  it('tells the API of the person it is told of', async () => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    const from = { requestId: 'request-id-1', clientAddress: '203.0.113.9', userAgent: 'B' };
    await test.bff.authenticateAndRefresh(person.cookie(), from);
    const sent = test.api.requests.at(-1)?.headers;
    const names = ['x-request-id', 'x-forwarded-for', 'user-agent'];
    expect(names.map((header) => sent?.get(header))).toEqual(['request-id-1', '203.0.113.9', 'B']);
  });

  it.each([
    ['session_expired', 'session_over'],
    ['session_revoked', 'session_revoked'],
    ['refresh_token_reused', 'session_revoked'],
    ['invalid_refresh_token', 'session_revoked'],
  ])('clears the cookie on %s', async (code, reason) => {
    const { test, inline } = await setUp();
    test.api.answers.set('/api/refresh', () => refused(code));
    test.clock.now += 900_000;
    const { authentication, cookies, cookieHeader } = await inline();
    expect([authentication, cookieHeader]).toEqual([{ kind: 'anonymous', reason }, null]);
    expect(cookies.map(({ maxAge }) => maxAge)).toEqual([0, 0, 0, 0, 0]);
  });

  it('keeps what is valid through an outage, then knows nothing', async () => {
    const { test, inline } = await setUp();
    test.api.answers.set('/api/refresh', () => json(500, {}));
    test.clock.now += 890_000;
    expect(await inline()).toMatchObject({ authentication: { kind: 'authenticated' }, cookies: [] });
    const calls = test.api.requests.length;
    await inline();
    expect(test.api.requests.length).toBe(calls); // it failed a moment ago

    test.clock.now += 10_000;
    expect(await inline()).toMatchObject({ authentication: { kind: 'unavailable' }, cookies: [] });
  });

  it('leaves an expired session alone where the API has no refresh', async () => {
    const { person } = await setUp();
    const { bff, clock } = sessionTest({ api: { login: async () => ({ kind: 'unavailable', reason: 'unused' }) } });
    clock.now += 900_000;
    expect(await bff.authenticateAndRefresh(person.cookie())).toMatchObject({
      authentication: { kind: 'expired' },
      cookies: [],
    });
  });
});
