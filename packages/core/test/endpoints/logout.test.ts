import { signedOutAnswer } from '@footbridge/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { apiUrl, formPost, jsonPost, loggedIn, scriptRequest, testBff } from '../fixtures/bff.ts';
import { json, refreshToken } from '../fixtures/fake-api.ts';

const name = '__Host-Http-session';
const cleared = [name, `${name}.0`, `${name}.1`, `${name}.2`, `${name}.3`].map(
  (each) => `${each}=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax`,
);
const unused = async () => ({ kind: 'unavailable', reason: 'unused' }) as const;
const post = (headers: Record<string, string> = {}) => scriptRequest('/api/logout', { method: 'POST', headers });

afterEach(() => void vi.useRealTimers());

describe('logout', () => {
  it('expires every cookie and ends the session at the API', async () => {
    const test = testBff();
    const response = await test.bff.logout.handle(post({ cookie: await loggedIn(test) }));
    expect(response.status).toBe(200);
    expect(signedOutAnswer.parse(await response.json()).success).toBe(true);
    expect(response.headers.getSetCookie()).toEqual(cleared);
    expect(response.headers.get('clear-site-data')).toBe('"cache"');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(test.api.requests.at(-1)?.url).toBe(`${apiUrl}/api/logout`);
    expect(await test.api.requests.at(-1)?.json()).toEqual({ refreshToken });
  });

  it.each([
    ['no cookie', undefined],
    ['an unreadable cookie', `${name}=garbage`],
    ['half a session', `${name}.0=a; ${name}.2=c`],
  ])('succeeds with %s and asks nobody', async (_name, cookie) => {
    const { bff, api } = testBff();
    const response = await bff.logout.handle(post(cookie === undefined ? {} : { cookie }));
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual(cleared);
    expect(api.requests).toEqual([]);
  });

  it.each([
    ['is down', undefined],
    ['fails', () => json(500, {})],
    ['knows no such session', () => json(401, { success: false, code: 'invalid_token', message: '', requestId: 'x' })],
    ['rejects', () => Promise.reject(new Error('the-refresh-token'))],
  ])('succeeds while the API %s, and logs it', async (_name, answer) => {
    const test = testBff();
    const cookie = await loggedIn(test);
    if (answer) test.api.answers.set('/api/logout', answer);
    else test.api.answers.delete('/api/logout');
    const response = await test.bff.logout.handle(post({ cookie }));
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, cleared]);
    expect(test.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'session_not_revoked' }));
    expect(JSON.stringify(test.lines)).not.toContain(refreshToken);
  });

  it('waits three seconds at most for the API', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = new Promise<void>((resolve) => {
      test.api.answers.set('/api/logout', () => {
        resolve();
        return new Promise<Response>(() => undefined);
      });
    });
    const answer = test.bff.logout.handle(post({ cookie }));
    await asked;
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(test.lines.at(-2)?.details).toMatchObject({ reason: 'no answer in time' });
  });

  it('survives an API of somebody else that throws or has no logout', async () => {
    const cookie = await loggedIn(testBff());
    for (const logout of [() => Promise.reject(new Error('bug')), undefined]) {
      const { bff } = testBff({ api: { login: unused, ...(logout && { logout }) } });
      expect((await bff.logout.handle(post({ cookie }))).status).toBe(200);
    }
  });

  it.each([
    [{}, '/login'],
    [{ returnTo: '/' }, '/'],
    [{ returnTo: '//evil.example' }, '/login'],
  ])('leads a form with %j to %s', async (fields, location) => {
    const response = await testBff().bff.logout.handle(formPost('/api/logout', fields));
    expect([response.status, response.headers.get('location')]).toEqual([303, location]);
    expect(response.headers.getSetCookie()).toEqual(cleared);
  });

  it('does not care about a body that it does not need', async () => {
    const { bff } = testBff();
    expect((await bff.logout.handle(jsonPost('/api/logout', ['anything']))).status).toBe(200);
    const text = scriptRequest('/api/logout', { method: 'POST', body: '{', headers: { 'content-type': 'text/plain' } });
    expect((await bff.logout.handle(text)).status).toBe(200);
  });
});
