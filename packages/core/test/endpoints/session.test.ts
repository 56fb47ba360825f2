import { type SessionReport, sessionReport } from '@footbridge/contracts';
import { describe, expect, it } from 'vitest';
import { loggedIn, scriptRequest, type TestBff, testBff } from '../fixtures/bff.ts';
import { iso } from '../fixtures/fake-api.ts';

async function ask(test: TestBff, cookie?: string) {
  const headers = cookie === undefined ? {} : { cookie };
  const response = await test.bff.session.handle(scriptRequest('/api/session', { headers }));
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  return response;
}

async function report(test: TestBff, cookie?: string): Promise<SessionReport> {
  return sessionReport.parse(await (await ask(test, cookie)).json());
}

describe('session', () => {
  it('reports user and times, and no token', async () => {
    const test = testBff();
    expect(await report(test, await loggedIn(test))).toEqual({
      authenticated: true,
      user: { id: 'user-1', email: 'ada@example.com', name: 'Ada', role: 'USER' },
      session: { expiresAt: iso(604_800), absoluteExpiresAt: iso(2_592_000), refreshDue: false },
    });
  });

  it('answers from the last signed claims when refresh is due', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    test.clock.now += 3_600_000;
    expect(await report(test, cookie)).toMatchObject({ authenticated: true, session: { refreshDue: true } });
  });

  it('reports nobody without a session or after its end', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    expect(await report(test)).toEqual({ authenticated: false });
    expect(await report(test, '__Host-Http-session=garbage')).toEqual({ authenticated: false });
    test.clock.now += 604_800_000;
    expect(await report(test, cookie)).toEqual({ authenticated: false });
  });

  it('answers 503 before the keys were ever fetched', async () => {
    const cookie = await loggedIn(testBff());
    const restarted = testBff();
    restarted.api.answers.clear();
    const response = await ask(restarted, cookie);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ success: false, code: 'api_unavailable' });
  });
});
