import { describe, expect, it } from 'vitest';
import { apiUrl, loggedIn, testBff } from '../fixtures/bff.ts';
import { json } from '../fixtures/fake-api.ts';
import { browser, sessionTest } from '../fixtures/sessions.ts';

describe('fetchApi', () => {
  it('calls in the name of the user, and keeps the cookie', async () => {
    const test = testBff();
    test.api.answers.set('/api/sessions/1', () => json(404, { success: false }));
    const cookie = await loggedIn(test);
    const init = { method: 'DELETE', json: { a: 1 }, requestId: 'request-id-1' };
    const result = await test.bff.fetchApi(cookie, '/api/sessions/1?x=%2F', init);
    expect(result).toMatchObject({ kind: 'answer', response: { status: 404 } });

    const sent = test.api.requests.at(-1);
    expect([sent?.method, sent?.url]).toEqual(['DELETE', `${apiUrl}/api/sessions/1?x=%2F`]);
    expect(await sent?.json()).toEqual({ a: 1 });
    expect(sent?.headers.get('authorization')).toMatch(/^Bearer eyJ/);
    expect([sent?.headers.get('x-request-id'), sent?.headers.has('cookie')]).toEqual(['request-id-1', false]);
  });

  it('reads by default, without a body', async () => {
    const test = testBff();
    test.api.answers.set('/api/me', () => json(200, {}));
    await test.bff.fetchApi(await loggedIn(test), '/api/me');
    const sent = test.api.requests.at(-1);
    expect([sent?.method, await sent?.text(), sent?.headers.has('content-type')]).toEqual(['GET', '', false]);
  });

  it('takes the result of a refresh in place of a cookie', async () => {
    const test = sessionTest();
    test.api.answers.set('/api/me', () => json(200, {}));
    const person = browser(test);
    await person.login();
    test.clock.now += 900_000;
    expect(await test.bff.fetchApi(person.cookie(), '/api/me')).toEqual({ kind: 'anonymous' });
    const refreshed = await test.bff.authenticateAndRefresh(person.cookie());
    expect((await test.bff.fetchApi(refreshed, '/api/me')).kind).toBe('answer');
  });

  it('is anonymous without a session, and asks nobody', async () => {
    const { bff, api } = testBff();
    for (const cookie of [null, '', '__Host-Http-session=garbage']) {
      expect(await bff.fetchApi(cookie, '/api/me')).toEqual({ kind: 'anonymous' });
    }
    expect(api.requests).toEqual([]);
  });

  it('says unavailable for an outage', async () => {
    const test = testBff();
    expect(await test.bff.fetchApi(await loggedIn(test), '/api/me')).toEqual({ kind: 'unavailable' });
    expect(test.lines).toContainEqual(expect.objectContaining({ event: 'api_unavailable' }));
  });

  it.each([
    '',
    '/',
    '/api',
    '/api/',
    'api/me',
    '/apiary/me',
    '//evil.example/api/me',
    'https://evil.example/api/me',
    '@evil.example/api/me',
    '/api/../metrics',
    '/api/./me',
    '/api/%2e%2e/metrics',
    '/api/..%2fmetrics',
    '/api/..%5cmetrics',
    '/api/..\\metrics',
    '/api//me',
    '/api/me#x',
    '/api/m e',
    '/api/me\r\nx: y',
    '/api/mé',
  ])('refuses the path %j before anything is read', async (path) => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const calls = test.api.requests.length;
    await expect(test.bff.fetchApi(cookie, path)).rejects.toThrow(TypeError);
    expect(test.api.requests.length).toBe(calls);
  });
});
