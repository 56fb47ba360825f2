import { describe, expect, it } from 'vitest';
import type { Bff } from '../../src/index.ts';
import { jsonPost, scriptRequest } from '../fixtures/bff.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { type Browser, browser, type SessionTest, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

async function setUp(options: SessionTestOptions = {}) {
  const test = sessionTest(options);
  const person = browser(test);
  await person.login();
  return { test, person };
}

const post = (bff: Bff, path: string, cookie: string) =>
  bff[path === '/api/logout' ? 'logout' : 'refresh'].handle(
    scriptRequest(path, { method: 'POST', headers: { cookie } }),
  );

/** What the browser would hold after this answer, and not what it holds. */
async function heldAfter(response: Promise<Response>, person: Browser, test: SessionTest): Promise<string> {
  const other = browser(test);
  for (const [name, value] of person.jar) other.jar.set(name, value);
  other.store(await response);
  return other.cookie();
}

/** Holds every refresh back until it is let go. */
function holdBack(test: SessionTest) {
  const held: (() => void)[] = [];
  const asked = new Promise<void>((isAsked) => {
    test.api.answers.set('/api/refresh', async (request) => {
      const answer = await test.rotating.handle(request);
      isAsked();
      return new Promise((resolve) => held.push(() => resolve(answer)));
    });
  });
  return { asked, letGo: () => held.forEach((answer) => answer()) };
}

describe('one refresh for all who ask', () => {
  it('rotates once for a hundred concurrent requests', async () => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    const asking = Array.from({ length: 100 }, () => post(test.bff, '/api/refresh', person.cookie()));
    const responses = await Promise.all(asking);
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect([test.rotating.calls.length, test.rotating.sessions.get('session-1')?.generation]).toEqual([1, 1]);
    for (const response of responses) {
      const held = await heldAfter(Promise.resolve(response), person, test);
      expect((await test.bff.authenticate(held)).kind).toBe('authenticated');
    }
  });

  it('gives late arrivals the successor, without a call', async () => {
    const { test, person } = await setUp();
    await post(test.bff, '/api/refresh', person.cookie());
    test.clock.now += 29_999;
    expect((await post(test.bff, '/api/refresh', person.cookie())).status).toBe(200);
    expect(test.rotating.calls.length).toBe(1);
    test.clock.now += 1;
    await post(test.bff, '/api/refresh', person.cookie());
    expect(test.rotating.calls.length).toBe(2);
  });

  it('gives late arrivals the newest generation known', async () => {
    const { test, person } = await setUp();
    const first = person.cookie();
    for (let generation = 1; generation <= 3; generation += 1) {
      person.store(await post(test.bff, '/api/refresh', person.cookie()));
    }
    person.jar.clear();
    person.store(await post(test.bff, '/api/refresh', first)); // the API would call this theft
    expect(test.rotating.calls.length).toBe(3);
    await post(test.bff, '/api/refresh', person.cookie());
    expect(test.rotating.calls.at(-1)).toContain('.3.');
  });

  it('renews a successor that has expired meanwhile', async () => {
    const { test, person } = await setUp({ lifetimeSeconds: 3 });
    await post(test.bff, '/api/refresh', person.cookie());
    test.clock.now += 10_000;
    const held = await heldAfter(post(test.bff, '/api/refresh', person.cookie()), person, test);
    expect((await test.bff.authenticate(held)).kind).toBe('authenticated');
    expect(test.rotating.calls.map((call) => call.split('.')[2])).toEqual(['0', '1']);
  });

  it('shares an outage and forgets it', async () => {
    const { test, person } = await setUp();
    let calls = 0;
    test.api.answers.set('/api/refresh', async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return refused('service_unavailable', 503);
    });
    const ask = () => post(test.bff, '/api/refresh', person.cookie());
    const statuses = (await Promise.all([ask(), ask(), ask()])).map(({ status }) => status);
    expect([statuses, calls]).toEqual([[503, 503, 503], 1]);
    await ask();
    expect(calls).toBe(2);
  });

  it('survives an API of somebody else that throws', async () => {
    const { person } = await setUp();
    const { bff } = sessionTest({
      api: { login: () => Promise.reject(new Error('unused')), refresh: () => Promise.reject(new Error('bug')) },
    });
    expect((await post(bff, '/api/refresh', person.cookie())).status).toBe(503);
  });

  it('lives with an API that never rotates', async () => {
    const { test, person } = await setUp({ lifetimeSeconds: 3 });
    const answer = await test.rotating.handle(jsonPost('/api/login', { email: 'ada@example.com' }));
    const fixed: unknown = await answer.json();
    test.api.answers.set('/api/login', () => Response.json(fixed));
    test.api.answers.set('/api/refresh', () => Response.json(fixed));
    await person.login();
    for (let round = 0; round < 3; round += 1) {
      expect((await post(test.bff, '/api/refresh', person.cookie())).status).toBe(200);
      test.clock.now += 3_000;
    }
  });
});

describe('different sessions', () => {
  it('never share, in a thousand concurrent rounds', { timeout: 60_000 }, async () => {
    const test = sessionTest();
    const people = [browser(test), browser(test)] as const;
    await people[0].login('ada@example.com');
    await people[1].login('bob@example.com');
    for (let round = 0; round < 1_000; round += 1) {
      const responses = await Promise.all(people.map((person) => post(test.bff, '/api/refresh', person.cookie())));
      const users = await Promise.all(responses.map((response) => response.json()));
      expect(users).toMatchObject([
        { data: { user: { email: 'ada@example.com' } } },
        { data: { user: { email: 'bob@example.com' } } },
      ]);
      responses.forEach((response, index) => people[index]?.store(response));
    }
    const generations = [...test.rotating.sessions.values()].map(({ generation }) => generation);
    expect(generations).toEqual([1_000, 1_000]);
  });

  it('are not mixed up by an API that mixes up its answers', async () => {
    const { test, person } = await setUp();
    const other = await test.rotating.handle(jsonPost('/api/login', { email: 'bob@example.com' }));
    const foreign: unknown = await other.json();
    test.api.answers.set('/api/refresh', () => Response.json(foreign));
    const response = await post(test.bff, '/api/refresh', person.cookie());
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []]);
    expect(test.lines).toContainEqual(expect.objectContaining({ event: 'api_answer_mixed_up' }));
  });
});

describe('a logout against a refresh', () => {
  it('wins over a refresh under way, which touches no cookie', async () => {
    const { test, person } = await setUp();
    const { asked, letGo } = holdBack(test);
    const refreshing = [1, 2].map(() => post(test.bff, '/api/refresh', person.cookie()));
    await asked;
    expect((await post(test.bff, '/api/logout', person.cookie())).status).toBe(200);
    letGo();
    for (const response of await Promise.all(refreshing)) {
      expect(await response.json()).toMatchObject({ code: 'session_revoked' });
      expect(response.headers.getSetCookie()).toEqual([]); // late, it would remove what a new login set
    }
  });

  it('takes the cookie from who comes with it afterwards', async () => {
    const { test, person } = await setUp();
    const before = person.cookie();
    await post(test.bff, '/api/logout', before);
    const response = await post(test.bff, '/api/refresh', before);
    expect(await response.json()).toMatchObject({ code: 'session_revoked' });
    expect(response.headers.getSetCookie()).toContainEqual(expect.stringMatching(/Max-Age=0/));
  });

  it('leaves nothing behind, in either order, five hundred rounds', { timeout: 60_000 }, async () => {
    const test = sessionTest();
    for (let round = 0; round < 500; round += 1) {
      const person = browser(test);
      await person.login();
      const before = person.cookie();
      const acts = ['/api/refresh', '/api/logout'];
      const [first = '', second = ''] = round % 2 === 0 ? acts : acts.toReversed();
      const [one, two] = await Promise.all([post(test.bff, first, before), post(test.bff, second, before)]);
      const refreshed = await heldAfter(Promise.resolve(round % 2 === 0 ? one : two), person, test);
      for (const held of [before, refreshed]) {
        expect((await test.bff.authenticate(held)).kind).toBe('anonymous');
        expect((await post(test.bff, '/api/refresh', held)).status).toBe(401);
      }
    }
  });

  it('holds even while the API is down', async () => {
    const { test, person } = await setUp();
    test.api.answers.delete('/api/logout');
    await post(test.bff, '/api/logout', person.cookie());
    expect(await test.bff.authenticate(person.cookie())).toEqual({ kind: 'anonymous', reason: 'session_revoked' });
    expect((await post(test.bff, '/api/refresh', person.cookie())).status).toBe(401);
    expect(test.rotating.calls).toEqual([]);
  });

  it('is what a new login means for the session before', async () => {
    const { test, person } = await setUp();
    const before = person.cookie();
    await person.login();
    expect((await test.bff.authenticate(before)).kind).toBe('anonymous');
    expect((await test.bff.authenticate(person.cookie())).kind).toBe('authenticated');
  });

  it('is not undone by the late answer to the session before', async () => {
    const { test, person } = await setUp();
    const { asked, letGo } = holdBack(test);
    const late = post(test.bff, '/api/refresh', person.cookie());
    await asked;
    await person.login();
    letGo();
    person.store(await late);
    expect((await test.bff.authenticate(person.cookie())).kind).toBe('authenticated');
  });

  it('is what the word of the API means to this process', async () => {
    const { test, person } = await setUp();
    test.api.answers.set('/api/refresh', () => refused('refresh_token_reused'));
    await post(test.bff, '/api/refresh', person.cookie());
    expect(await test.bff.authenticate(person.cookie())).toEqual({ kind: 'anonymous', reason: 'session_revoked' });
  });
});
