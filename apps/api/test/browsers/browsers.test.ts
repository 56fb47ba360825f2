import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access, http, https, openBrowser, refresh, setCookies, sharedDomain, signUp } from '../support/browser.ts';
import { expectRefusal } from '../support/contract.ts';
import { newAccount, policy, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ browserPolicy: sharedDomain() })));
afterAll(() => api.close());

const lifetime = policy.sessionIdleSeconds;
const gone = 'Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly';

/** What names a cookie to a browser: only the same three remove it. */
function scopes(response: Response): string[] {
  const scoped = setCookies(response).map((line) => {
    const [pair = '', ...attributes] = line.split('; ');
    const scope = attributes.filter((attribute) => /^(Domain|Path)=/.test(attribute));
    return [pair.split('=', 1).join(''), ...scope].join('; ');
  });
  return scoped.toSorted();
}

describe('the cookies', () => {
  it('are for every subdomain over https, byte for byte', async () => {
    const browser = openBrowser(api.app);
    const response = await browser.ask('post', '/api/register', newAccount());
    const attributes = `Domain=example.com; Path=/; Max-Age=${lifetime}; HttpOnly; Secure; SameSite=Lax`;
    expect(setCookies(response)).toEqual([
      `__Secure-access=${browser.cookie(access)}; ${attributes}`,
      `__Secure-refresh=${browser.cookie(refresh)}; ${attributes}`,
    ]);
    expect(response.headers['cache-control']).toBe('private, no-store');
  });

  it('lose prefix and Secure over http, and nothing else', async () => {
    const app = await api.sibling({ browserPolicy: sharedDomain(http) });
    const browser = openBrowser(app, http);
    const response = await browser.ask('post', '/api/register', newAccount());
    const attributes = `Domain=example.localhost; Path=/; Max-Age=${lifetime}; HttpOnly; SameSite=Lax`;
    expect(setCookies(response)).toEqual([
      `access=${browser.cookie('access')}; ${attributes}`,
      `refresh=${browser.cookie('refresh')}; ${attributes}`,
    ]);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
    const goodbye = await browser.ask('post', '/api/logout');
    expect(setCookies(goodbye)).toEqual([
      `access=; Domain=example.localhost; ${gone}; SameSite=Lax`,
      `refresh=; Domain=example.localhost; ${gone}; SameSite=Lax`,
    ]);
    expect(browser.jar.all()).toEqual([]);
  });

  it('reach the frontend and the API, and no other site', async () => {
    const { jar } = await signUp(api.app);
    expect(jar.all()).toHaveLength(2);
    for (const url of [https.api, https.web, 'https://example.com'])
      expect(jar.header(url)).toMatch(/__Secure-access=/);
    for (const url of ['https://example.org', 'https://notexample.com', 'http://app.example.com']) {
      expect(jar.header(url)).toBeUndefined();
    }
  });

  it('live as long as the session may be idle, and no longer than its absolute end', async () => {
    const hasty = await api.sibling({ policy: { sessionAbsoluteSeconds: 90.5 }, browserPolicy: sharedDomain() });
    const { jar } = await signUp(hasty);
    expect(jar.all().map(({ maxAge }) => maxAge)).toEqual([90, 90]);
  });

  it.each([
    ['logout', 'post', '/api/logout'],
    ['logout everywhere', 'post', '/api/logout-all'],
    ['ending the session that asks', 'delete', '/api/sessions/'],
  ] as const)('are cleared by %s in the scope in which they were set', async (_what, method, path) => {
    const browser = openBrowser(api.app);
    const set = await browser.ask('post', '/api/register', newAccount());
    const sessionId = browser.cookie(refresh).split('.')[1] ?? '';
    const cleared = await browser.ask(method, path.endsWith('/') ? `${path}${sessionId}` : path);
    expect(cleared.status).toBe(200);
    expect(scopes(cleared)).toEqual(scopes(set));
    expect(cleared.headers['cache-control']).toBe('private, no-store');
    expect(setCookies(cleared)).toEqual([
      `__Secure-access=; Domain=example.com; ${gone}; Secure; SameSite=Lax`,
      `__Secure-refresh=; Domain=example.com; ${gone}; Secure; SameSite=Lax`,
    ]);
    expect(browser.jar.all()).toEqual([]);
  });

  it('go with a session that has ended elsewhere, at the next refresh', async () => {
    const browser = await signUp(api.app);
    await api.services.sessions.end(browser.sessionId, 'ended_by_user');
    const response = await browser.ask('post', '/api/refresh');
    expectRefusal(response, 'session_revoked');
    expect(browser.jar.all()).toEqual([]);
  });

  it('stay when another session of the same person is ended', async () => {
    const browser = await signUp(api.app);
    const elsewhere = openBrowser(api.app);
    await elsewhere.ask('post', '/api/login', { email: browser.email, password: browser.password });
    const id = elsewhere.cookie(refresh).split('.')[1] ?? '';
    const response = await browser.ask('delete', `/api/sessions/${id}`);
    expect(response.status).toBe(200);
    expect(setCookies(response)).toEqual([]);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });

  it('stay when the password is changed, and the others’ sessions end', async () => {
    const browser = await signUp(api.app);
    const elsewhere = openBrowser(api.app);
    await elsewhere.ask('post', '/api/login', { email: browser.email, password: browser.password });
    const change = { currentPassword: browser.password, newPassword: 'another horse battery' };
    const response = await browser.ask('post', '/api/me/password', change);
    expect(response.status).toBe(200);
    expect(setCookies(response)).toEqual([]);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
    expectRefusal(await elsewhere.ask('get', '/api/verify'), 'session_revoked');
  });
});

describe('in proxy mode', () => {
  it('no cookie is set, read or cleared', async () => {
    const browser = await signUp(api.app);
    const proxied = openBrowser(await api.sibling({}));
    proxied.jar.take(https.api, [`${access}=${browser.cookie(access)}; Domain=example.com; Path=/; Secure`]);
    proxied.jar.take(https.api, [`${refresh}=${browser.cookie(refresh)}; Domain=example.com; Path=/; Secure`]);
    expectRefusal(await proxied.ask('get', '/api/verify'), 'missing_token');
    expectRefusal(await proxied.ask('post', '/api/logout'), 'missing_token');
    expectRefusal(await proxied.ask('post', '/api/refresh'), 'invalid_client');
    expectRefusal(await proxied.ask('post', '/api/login', browser), 'invalid_client');
    expect(proxied.jar.all()).toHaveLength(2);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });
});
