import { signedInAnswer } from '@footbridge/contracts';
import jwt from 'jsonwebtoken';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access, fromOurPage, openBrowser, refresh, setCookies, sharedDomain, signUp } from '../support/browser.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { refresh as refreshAsClient, rowOf } from '../support/sessions.ts';
import { asClient, newAccount, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ browserPolicy: sharedDomain() })));
afterAll(() => api.close());

/** Judges an answer to a browser: the person, and not one of the values that the cookies hold. */
function expectNoToken(response: Response): void {
  expect(response.body).toEqual(signedInAnswer.parse(response.body));
  const values = setCookies(response).map((line) =>
    line
      .slice(line.indexOf('=') + 1)
      .split(';', 1)
      .join(''),
  );
  const parts = values.flatMap((value) => value.split('.')).filter((part) => part.length > 20);
  const secrets = values.concat(parts);
  expect(secrets.length).toBeGreaterThan(4);
  for (const secret of secrets) expect(response.text).not.toContain(secret);
  expect(response.text).not.toMatch(/eyJ|v1\.|token|expiresIn/i);
}

describe.each(['register', 'login'] as const)('POST /api/%s from a browser', (name) => {
  const enter = async (browser = openBrowser(api.app)) => {
    const account = newAccount();
    if (name === 'login') await asClient(request(api.app).post('/api/register')).send(account).expect(201);
    return { browser, account, response: await browser.ask('post', `/api/${name}`, account) };
  };

  it('sets cookies and names nobody but the person', async () => {
    const { browser, account, response } = await enter();
    expect(response.status).toBe(name === 'login' ? 200 : 201);
    expectNoToken(response);
    expect(response.body.data.user).toMatchObject({ email: account.email, role: 'user' });
    expect((await browser.ask('get', '/api/verify')).body.data.user).toEqual(response.body.data.user);
  });

  it('ends the session whose cookies came along', async () => {
    const browser = await signUp(api.app);
    await enter(browser);
    expect(await rowOf(api.database, browser.sessionId)).toMatchObject({ revokedReason: 'logout' });
    const fresh = browser.cookie(refresh).split('.')[1] ?? '';
    expect(fresh).not.toBe(browser.sessionId);
    expect((await rowOf(api.database, fresh)).revokedAt).toBeNull();
  });

  it('ends nothing for cookies that are not genuine', async () => {
    const victim = await signUp(api.app);
    const browser = openBrowser(api.app);
    browser.plant(`${refresh}=v1.${victim.sessionId}.1.${'A'.repeat(43)}; Domain=example.com; Path=/; Secure`);
    browser.plant(`${access}=${forged(victim.cookie(access))}; Domain=example.com; Path=/; Secure`);
    await enter(browser);
    expect((await rowOf(api.database, victim.sessionId)).revokedAt).toBeNull();
  });

  it('succeeds although the former session cannot be ended', async () => {
    const browser = await signUp(api.app);
    await api.database.session.update({ where: { id: browser.sessionId }, data: { keyId: 'of-another-secret' } });
    const { response } = await enter(browser);
    expect(response.status).toBeLessThan(300);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });

  it('keeps the browser’s own name and address of its session', async () => {
    const account = newAccount();
    const headers = { ...fromOurPage, 'User-Agent': 'Lynx', 'X-Forwarded-For': '203.0.113.9' };
    const { headers: answered } = await request(api.app).post('/api/register').set(headers).send(account).expect(201);
    const id = String(answered['set-cookie']).split('v1.')[1]?.slice(0, 36) ?? '';
    expect(await rowOf(api.database, id)).toMatchObject({ userAgent: 'Lynx', address: '127.0.0.1' });
  });

  it('ends nothing and sets nothing when it is refused', async () => {
    const browser = await signUp(api.app);
    const refused = name === 'login' ? { ...browser, password: 'wrong' } : browser;
    const response = await browser.ask('post', `/api/${name}`, { email: refused.email, password: refused.password });
    expectRefusal(response, name === 'login' ? 'invalid_credentials' : 'email_taken');
    expect(setCookies(response)).toEqual([]);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });

  it('gives the client its tokens and no cookie, whatever it sends', async () => {
    const { jar } = await signUp(api.app);
    const account = newAccount();
    if (name === 'login') await asClient(request(api.app).post('/api/register')).send(account).expect(201);
    const cookie = jar.header('https://api.example.com') ?? '';
    const headers = { Cookie: cookie, Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' };
    const response = await asClient(request(api.app).post(`/api/${name}`))
      .set(headers)
      .send(account);
    expectSuccess(response, name);
    expect(setCookies(response)).toEqual([]);
    expect(response.headers['cache-control']).toBe('private, no-store');
    expect((await refreshAsClient(api.app, response.body.refreshToken)).status).toBe(200);
  });
});

/** Another person's claims over a signature that is not theirs. */
function forged(token: string): string {
  const [head, payload, signature = ''] = token.split('.');
  return `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
}

describe('the address of a browser', () => {
  it.each([
    [0, '203.0.113.9', '127.0.0.1'],
    [1, '198.51.100.7, 203.0.113.9', '203.0.113.9'],
    [2, '192.0.2.1, 198.51.100.7, 203.0.113.9', '198.51.100.7'],
    [1, 'unknown', null],
    [1, undefined, null],
  ])('behind %i proxies that say %s is %s', async (hops, forwardedFor, address) => {
    const app = await api.sibling({ browserPolicy: sharedDomain(undefined, hops) });
    const test = request(app).post('/api/register').set(fromOurPage);
    if (forwardedFor !== undefined) test.set('X-Forwarded-For', forwardedFor);
    const { headers } = await test.send(newAccount()).expect(201);
    const id = String(headers['set-cookie']).split('v1.')[1]?.slice(0, 36) ?? '';
    expect((await rowOf(api.database, id)).address).toBe(address);
  });
});

describe('the access token of shared-domain mode', () => {
  it('tells whom to greet and for how long, in a cookie and in a client’s body', async () => {
    const browser = await signUp(api.app);
    const { email, password } = browser;
    const { body } = await asClient(request(api.app).post('/api/login')).send({ email, password }).expect(200);
    for (const token of [browser.cookie(access), String(body.token)]) {
      const claims = jwt.decode(token, { json: true });
      const row = await rowOf(api.database, String(claims?.['sid']));
      expect(claims).toMatchObject({
        email,
        name: newAccountName(email),
        session_expires_at: row.expiresAt.getTime() / 1000,
        session_absolute_expires_at: row.absoluteExpiresAt.getTime() / 1000,
      });
    }
  });

  it('follows the session and the person when it is refreshed', async () => {
    const browser = await signUp(api.app);
    await browser.ask('patch', '/api/me', { name: null });
    await api.database.$executeRaw`
      UPDATE "Session" SET "expiresAt" = "expiresAt" - interval '100 seconds' WHERE id = ${browser.sessionId}::uuid`;
    await browser.ask('post', '/api/refresh');
    const claims = jwt.decode(browser.cookie(access), { json: true });
    const row = await rowOf(api.database, browser.sessionId);
    expect(claims).toMatchObject({ name: null, session_expires_at: row.expiresAt.getTime() / 1000 });
  });

  it('says no more than its session’s id in proxy mode', async () => {
    const { body } = await asClient(request(await api.sibling({})).post('/api/register')).send(newAccount());
    const claims = jwt.decode(body.token, { json: true }) ?? {};
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'role', 'sid', 'sub']);
  });
});

function newAccountName(email: string): string {
  return `Person ${/\d+/.exec(email)?.[0] ?? ''}`;
}
