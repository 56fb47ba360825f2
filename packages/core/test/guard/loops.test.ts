import { describe, expect, it } from 'vitest';
import { publicOrigin, scriptRequest } from '../fixtures/bff.ts';
import { json } from '../fixtures/fake-api.ts';
import { browser, sessionTest } from '../fixtures/sessions.ts';

const refreshing = '/api/refresh?returnTo=%2Fprivate';
const page = { accept: 'text/html', 'sec-fetch-dest': 'document' };

describe('clocks a minute apart', () => {
  it.each([-60_000, 0, 60_000])('%i ms neither loop nor log out', async (apiAheadMs) => {
    const test = sessionTest({ apiAheadMs, lifetimeSeconds: 3 });
    const person = browser(test);
    await person.login();
    expect(await person.visit('/private')).toEqual({ status: 200, hops: [] });
    for (let round = 0; round < 20; round += 1) {
      test.clock.now += 2_500 + round * 1_000;
      person.jar.delete('__Host-Http-refresh-bounces'); // its two seconds are over
      expect(await person.visit('/private')).toEqual({ status: 200, hops: [refreshing, '/private'] });
      expect(await person.visit('/private')).toEqual({ status: 200, hops: [] });
    }
  });

  it('between two frontends stop at the third bounce', async () => {
    const first = sessionTest({ lifetimeSeconds: 3 });
    const second = sessionTest({ lifetimeSeconds: 3 });
    second.clock.now += 60_000;
    await second.bff.warmUp();
    const person = browser(first);
    await person.login();
    const statuses: number[] = [];
    for (let bounce = 0; bounce < 3; bounce += 1) {
      const headers = { ...page, cookie: person.cookie() };
      const decision = await second.bff.guard(new Request(`${publicOrigin}/private`, { headers }));
      expect(decision.kind).toBe('respond');
      const response = await first.bff.refresh.handle(new Request(publicOrigin + refreshing, { headers }));
      person.store(response);
      statuses.push(response.status);
    }
    expect(statuses).toEqual([303, 303, 503]);
    expect(person.jar.has('__Host-Http-session')).toBe(true);
  });
});

describe('a loop', () => {
  it('ends in a page that says so, and keeps the session', async () => {
    const test = sessionTest();
    const person = browser(test);
    await person.login();
    person.jar.set('__Host-Http-refresh-bounces', '2');
    test.clock.now += 900_000;
    const headers = { ...page, cookie: person.cookie() };
    const response = await test.bff.refresh.handle(new Request(publicOrigin + refreshing, { headers }));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await response.text()).toContain('keeps cookies');
    expect([response.headers.getSetCookie(), test.rotating.calls]).toEqual([[], []]);
    expect(test.lines).toContainEqual(expect.objectContaining({ event: 'refresh_loop_stopped' }));
  });

  it.each(['', '-1', '99', 'x', '2x', '1e9'])('is not made of a counter that says %j', async (value) => {
    const test = sessionTest();
    const person = browser(test);
    await person.login();
    person.jar.set('__Host-Http-refresh-bounces', value);
    test.clock.now += 900_000;
    expect(await person.visit('/private')).toMatchObject({ status: 200 });
  });

  it('is bounded for a browser that keeps no cookies', async () => {
    const test = sessionTest();
    const person = browser(test, { keepsCookies: false });
    await person.login();
    test.clock.now += 900_000;
    const statuses = new Set<number>();
    for (let visit = 0; visit < 30; visit += 1) statuses.add((await person.visit('/private')).status);
    expect([...statuses].at(-1)).toBe(503);
    expect(test.rotating.calls.length).toBe(1);
  });

  it('is not what a hundred tabs do at once', async () => {
    const test = sessionTest();
    const person = browser(test);
    await person.login();
    test.clock.now += 900_000;
    const tabs = await Promise.all(Array.from({ length: 100 }, () => person.visit('/private')));
    expect(new Set(tabs.map(({ status }) => status))).toEqual(new Set([200]));
    expect(test.rotating.calls.length).toBe(1);
  });

  it('is not what a short-lived token makes of a busy person', async () => {
    const test = sessionTest({ lifetimeSeconds: 3 });
    await test.bff.warmUp();
    const person = browser(test);
    await person.login();
    const headers = { ...page, cookie: person.cookie() };
    const response = await test.bff.refresh.handle(new Request(publicOrigin + refreshing, { headers }));
    expect(response.headers.getSetCookie().at(-1)).toContain('; Max-Age=2;');
  });
});

describe('an outage', () => {
  it('keeps the person in, and is over by itself', async () => {
    const test = sessionTest();
    const person = browser(test);
    await person.login();
    test.clock.now += 900_000;
    const answers = [undefined, () => json(500, {}), () => json(404, {})];
    for (const answer of answers) {
      if (answer) test.api.answers.set('/api/refresh', answer);
      else test.api.answers.delete('/api/refresh');
      expect(await person.visit('/private')).toEqual({ status: 503, hops: [refreshing] });
    }
    const session = await test.bff.session.handle(
      scriptRequest('/api/session', { headers: { cookie: person.cookie() } }),
    );
    expect(await session.json()).toMatchObject({ authenticated: true, session: { refreshDue: true } });
    test.api.answers.set('/api/refresh', (request) => test.rotating.handle(request));
    expect(await person.visit('/private')).toEqual({ status: 200, hops: [refreshing, '/private'] });
  });
});
