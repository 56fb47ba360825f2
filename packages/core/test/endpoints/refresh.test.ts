import { errorBody, signedInAnswer } from '@footbridge/contracts';
import { describe, expect, it } from 'vitest';
import { publicOrigin, scriptRequest } from '../fixtures/bff.ts';
import { json } from '../fixtures/fake-api.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { type Browser, browser, type SessionTest, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

const name = '__Host-Http-session';
const counter = '__Host-Http-refresh-bounces';

async function setUp(options: SessionTestOptions = {}) {
  const test = sessionTest(options);
  const person = browser(test);
  await person.login();
  return { test, person };
}

function post({ bff }: SessionTest, person: Browser) {
  return bff.refresh.handle(scriptRequest('/api/refresh', { method: 'POST', headers: { cookie: person.cookie() } }));
}

function get({ bff }: SessionTest, person: Browser, path = '/api/refresh?returnTo=/private', headers = {}) {
  const page = { accept: 'text/html', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site', ...headers };
  return bff.refresh.handle(new Request(publicOrigin + path, { headers: { ...page, cookie: person.cookie() } }));
}

const setNames = (response: Response) => response.headers.getSetCookie().map((line) => line.split('=', 1).join(''));
const isCleared = (response: Response) =>
  response.headers.getSetCookie().some((line) => line.startsWith(`${name}=;`) && line.includes('Max-Age=0'));

const outages: [string, (() => Response) | undefined][] = [
  ['that is down', undefined],
  ['that fails', () => json(500, {})],
  ['that is busy', () => refused('service_unavailable', 503)],
  ['with a limit', () => refused('rate_limited', 429)],
  ['that is elsewhere', () => refused('not_found', 404)],
  ['that forbids', () => refused('session_revoked', 403)],
  ['that does not know us', () => refused('invalid_client')],
  ['that wants a bearer', () => refused('invalid_token')],
  ['that speaks HTML', () => new Response('<h1>401</h1>', { status: 401 })],
  [
    'that speaks half of JSON',
    () => new Response('{"code":', { status: 401, headers: { 'content-type': 'application/json' } }),
  ],
  ['out of contract', () => json(200, { success: true })],
];

const endings = [
  ['session_expired', 'session_expired'],
  ['session_revoked', 'session_ended'],
  ['refresh_token_reused', 'session_ended'],
  ['invalid_refresh_token', 'session_ended'],
] as const;

function answerWith(test: SessionTest, answer: (() => Response) | undefined) {
  if (answer) test.api.answers.set('/api/refresh', answer);
  else test.api.answers.delete('/api/refresh');
}

describe('POST /api/refresh', () => {
  it('rotates now and answers the user', async () => {
    const { test, person } = await setUp();
    const response = await post(test, person);
    expect(response.status).toBe(200);
    expect(signedInAnswer.parse(await response.json()).data.user.email).toBe('ada@example.com');
    expect(setNames(response)).toEqual([name]);
    expect(response.headers.get('cache-control')).toBe('private, no-store');

    const before = person.cookie();
    person.store(response);
    expect(person.cookie()).not.toBe(before);
    expect((await test.bff.authenticate(person.cookie())).kind).toBe('authenticated');
    expect(test.rotating.sessions.get('session-1')?.generation).toBe(1);
  });

  it('calls the API as a client and tells of the person', async () => {
    const { test, person } = await setUp();
    const headers = { cookie: person.cookie(), 'user-agent': 'B', 'x-forwarded-for': '6.6.6.6' };
    const request = scriptRequest('/api/refresh', { method: 'POST', headers });
    await test.bff.refresh.handle(request, { clientAddress: '203.0.113.9' });
    const sent = test.api.requests.at(-1)?.headers;
    expect(sent?.get('authorization')).toMatch(/^Basic /);
    expect([sent?.get('x-forwarded-for'), sent?.get('user-agent')]).toEqual(['203.0.113.9', 'B']);
    expect(sent?.has('cookie')).toBe(false);
  });

  it.each([
    ['no cookie', ''],
    ['an unreadable cookie', `${name}=garbage`],
  ])('is unauthenticated with %s and asks nobody', async (_name, cookie) => {
    const test = sessionTest();
    const response = await test.bff.refresh.handle(
      scriptRequest('/api/refresh', { method: 'POST', headers: { cookie } }),
    );
    expect(errorBody.parse(await response.json()).code).toBe('unauthenticated');
    expect([response.status, response.headers.getSetCookie(), test.api.requests]).toEqual([401, [], []]);
  });

  it('knows the end of a session without asking', async () => {
    const { test, person } = await setUp();
    test.clock.now += 604_800_000;
    const response = await post(test, person);
    expect([response.status, isCleared(response), test.rotating.calls]).toEqual([401, true, []]);
    expect(await response.json()).toMatchObject({ code: 'session_expired' });
  });

  it.each(endings)('ends the session on the word %s', async (code) => {
    const { test, person } = await setUp();
    answerWith(test, () => refused(code));
    const response = await post(test, person);
    expect([response.status, isCleared(response)]).toEqual([401, true]);
    expect(await response.json()).toMatchObject({ code, requestId: 'made-request-id' });
    expect(test.lines).toContainEqual(expect.objectContaining({ event: 'session_ended' }));
  });

  it.each(outages)('keeps everything for an API %s, and recovers', async (_name, answer) => {
    const { test, person } = await setUp();
    answerWith(test, answer);
    const response = await post(test, person);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(test.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'api_unavailable',
        details: expect.objectContaining({ during: 'refresh' }),
      }),
    );

    answerWith(test, undefined);
    test.api.answers.set('/api/refresh', (request) => test.rotating.handle(request));
    expect((await post(test, person)).status).toBe(200);
  });

  it('refuses other sites before any token is touched', async () => {
    const { test, person } = await setUp();
    const headers = { cookie: person.cookie(), 'sec-fetch-site': 'same-site' };
    const response = await test.bff.refresh.handle(scriptRequest('/api/refresh', { method: 'POST', headers }));
    expect([response.status, test.rotating.calls]).toEqual([403, []]);
  });

  it('shows no token in any answer or line', async () => {
    const { test, person } = await setUp();
    const seen = JSON.stringify([await (await post(test, person)).text(), test.lines]);
    expect(seen).not.toMatch(/v1\.session|eyJ|mac-of/);
  });
});

describe('GET /api/refresh', () => {
  it('rotates and leads back with a relative address', async () => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    const response = await get(test, person, '/api/refresh?returnTo=%2Fprivate%2Fnotes%3Fpage%3D2');
    expect([response.status, response.headers.get('location')]).toEqual([303, '/private/notes?page=2']);
    expect(setNames(response)).toEqual([name, counter]);
    expect(response.headers.getSetCookie()[1]).toBe(`${counter}=1; Path=/; Max-Age=10; HttpOnly; Secure; SameSite=Lax`);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/api/logout', '/%2f/evil.example', '', 'x'])(
    'leads home instead of to %j',
    async (returnTo) => {
      const { test, person } = await setUp();
      const response = await get(test, person, `/api/refresh?${new URLSearchParams({ returnTo })}`);
      expect([response.status, response.headers.get('location')]).toEqual([303, '/private']);
    },
  );

  it.each(endings)('on %s clears the cookie and says %s at login', async (code, reason) => {
    const { test, person } = await setUp();
    answerWith(test, () => refused(code));
    const response = await get(test, person);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`/login?reason=${reason}&returnTo=%2Fprivate`);
    expect(isCleared(response)).toBe(true);
  });

  it('leads to login where there is no session', async () => {
    const test = sessionTest();
    const response = await get(test, browser(test));
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login?returnTo=%2Fprivate']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each(outages)('leads back with what is valid for an API %s', async (_name, answer) => {
    const { test, person } = await setUp();
    answerWith(test, answer);
    const response = await get(test, person);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/private']);
    expect(setNames(response)).toEqual([counter]);
  });

  it.each(outages)('asks for patience when nothing is valid for an API %s', async (_name, answer) => {
    const { test, person } = await setUp();
    answerWith(test, answer);
    test.clock.now += 900_000;
    const response = await get(test, person);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('still logged in');
    expect(response.headers.getSetCookie()).toEqual([]);

    const script = await get(test, person, '/api/refresh', { accept: 'application/json', 'sec-fetch-dest': 'empty' });
    expect(await script.json()).toMatchObject({ code: 'api_unavailable' });
  });

  it('passes on how long the API wants to be left alone', async () => {
    const { test, person } = await setUp();
    test.clock.now += 900_000;
    const busy = { success: false, code: 'rate_limited', message: 'no', requestId: 'api-request-id' };
    answerWith(test, () => json(429, busy, { 'retry-after': '31' }));
    expect((await get(test, person)).headers.get('retry-after')).toBe('31');
    expect((await post(test, person)).headers.get('retry-after')).toBe('31');
  });

  it.each([
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { purpose: 'prefetch' },
    { 'next-router-prefetch': '1' },
  ])('does nothing for a prefetch with %j', async (headers) => {
    const { test, person } = await setUp();
    const response = await get(test, person, '/api/refresh?returnTo=/private', headers);
    expect([response.status, await response.text(), response.headers.getSetCookie()]).toEqual([401, '', []]);
    expect([response.headers.get('cache-control'), test.rotating.calls]).toEqual(['private, no-store', []]);
  });
});

describe('a refresh elsewhere', () => {
  it('is not offered where the API has none', async () => {
    const { bff } = sessionTest({ api: { login: async () => ({ kind: 'unavailable', reason: 'unused' }) } });
    expect((await bff.refresh.handle(scriptRequest('/api/refresh', { method: 'POST' }))).status).toBe(405);
  });
});
