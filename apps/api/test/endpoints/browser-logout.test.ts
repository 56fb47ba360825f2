import { Writable } from 'node:stream';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/log.ts';
import {
  access,
  fromOurPage,
  openBrowser,
  refresh,
  setCookies,
  sharedDomain,
  type SignedIn,
  signUp,
} from '../support/browser.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { rowOf } from '../support/sessions.ts';
import { asBearer, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
let text = '';
beforeAll(async () => {
  const sink = new Writable({ write: (chunk, _encoding, done) => ((text += String(chunk)), done()) });
  api = await startTestApp({ browserPolicy: sharedDomain(), logger: createLogger('trace', sink) });
});
afterAll(() => api.close());

const logout = (): request.Test => request(api.app).post('/api/logout');
const failing = (): Promise<void> => Promise.reject(new Error('the database is gone'));
const isOver = async (id: string): Promise<boolean> => (await rowOf(api.database, id)).revokedAt !== null;

/** Judges the answer that every browser gets. */
function expectGoodbye(response: Response): void {
  expectSuccess(response, 'logout');
  expect(response.headers['clear-site-data']).toBe('"cache"');
  expect(response.headers['cache-control']).toBe('private, no-store');
  const lines = setCookies(response);
  for (const name of [access, refresh]) {
    expect(lines.some((line) => line.startsWith(`${name}=; Domain=example.com; Path=/; Max-Age=0;`))).toBe(true);
  }
}

describe('POST /api/logout from a browser', () => {
  it('clears the cookies and ends the session', async () => {
    const browser = await signUp(api.app);
    expectGoodbye(await browser.ask('post', '/api/logout'));
    expect(browser.jar.all()).toEqual([]);
    expect(await rowOf(api.database, browser.sessionId)).toMatchObject({ revokedReason: 'logout' });
  });

  it.each([
    ['the access cookie alone', (browser: SignedIn) => `${access}=${browser.cookie(access)}`],
    ['the refresh cookie alone', (browser: SignedIn) => `${refresh}=${browser.cookie(refresh)}`],
    ['a twin before', (browser: SignedIn) => `${access}=garbage; ${access}=${browser.cookie(access)}`],
    ['a twin behind', (browser: SignedIn) => `${refresh}=${browser.cookie(refresh)}; ${refresh}=garbage`],
  ])('needs %s', async (_what, cookieOf) => {
    const browser = await signUp(api.app);
    expectGoodbye(await logout().set(fromOurPage).set('Cookie', cookieOf(browser)));
    expect(await isOver(browser.sessionId)).toBe(true);
  });

  it('ends the session of an access token that has expired', async () => {
    const browser = await signUp(api.app);
    api.advance(policy.accessTokenSeconds + 1);
    expectGoodbye(
      await logout()
        .set(fromOurPage)
        .set('Cookie', `${access}=${browser.cookie(access)}`),
    );
    expect(await isOver(browser.sessionId)).toBe(true);
  });

  it('ends every session that the cookies name, in any order', async () => {
    const people = [await signUp(api.app), await signUp(api.app), await signUp(api.app)] as const;
    const cookies = [
      `${access}=${people[0].cookie(access)}`,
      `${access}=${people[1].cookie(access)}`,
      `${refresh}=garbage`,
      `${refresh}=${people[2].cookie(refresh)}`,
    ];
    const response = await logout().set(fromOurPage).set('Cookie', cookies.join('; '));
    expectGoodbye(response);
    for (const { sessionId } of people) expect(await isOver(sessionId)).toBe(true);
    expect(setCookies(response).filter((line) => line.startsWith(`${access}=; Path=/`))).toHaveLength(1);
  });

  it.each([undefined, `${access}=`, `${access}=garbage; ${refresh}=rubbish`, 'other=1'])(
    'answers 200 and clears with %j',
    async (cookie) => {
      const test = logout().set(fromOurPage);
      if (cookie !== undefined) test.set('Cookie', cookie);
      expectGoodbye(await test);
    },
  );

  it('answers 200 again', async () => {
    const browser = await signUp(api.app);
    const cookie = browser.jar.header('https://api.example.com') ?? '';
    for (let time = 0; time < 2; time += 1) expectGoodbye(await logout().set(fromOurPage).set('Cookie', cookie));
  });

  it('never ends a session for a forgery', async () => {
    const victim = await signUp(api.app);
    const forged = victim.cookie(access).replace(/.{10}$/, 'AAAAAAAAAA');
    const cookie = `${access}=${forged}; ${refresh}=v1.${victim.sessionId}.1.${'A'.repeat(43)}`;
    expectGoodbye(await logout().set(fromOurPage).set('Cookie', cookie));
    expect(await isOver(victim.sessionId)).toBe(false);
  });

  it.each([
    ['is no JSON', 'application/json', '{"refreshToken":'],
    ['has another type', 'text/plain', 'x'],
    ['is a form', 'application/x-www-form-urlencoded', 'a=b'],
    ['is not what it should be', 'application/json', '{"refreshToken":7}'],
  ])('is not kept from it by a body that %s', async (_what, type, body) => {
    const browser = await signUp(api.app);
    const test = logout()
      .set(fromOurPage)
      .set('Cookie', browser.jar.header('https://api.example.com') ?? '');
    expectGoodbye(await test.set('Content-Type', type).serialize(String).send(body));
    expect(await isOver(browser.sessionId)).toBe(true);
  });

  it('clears the cookies even when no session can be ended', async () => {
    const browser = await signUp(api.app);
    const broken = openBrowser(createApp({ ...api.services, endNamed: failing }));
    broken.jar.take('https://api.example.com', [
      `${access}=${browser.cookie(access)}; Domain=example.com; Path=/; Secure`,
    ]);
    const response = await broken.ask('post', '/api/logout');
    expectRefusal(response, 'internal_error');
    expect(setCookies(response)).toHaveLength(2);
    expect(broken.jar.all()).toEqual([]);
  });

  it('ends the other sessions when one cannot be judged', async () => {
    const [unknown, known] = [await signUp(api.app), await signUp(api.app)];
    await api.database.session.update({ where: { id: unknown.sessionId }, data: { keyId: 'of-another-secret' } });
    const cookie = `${refresh}=${unknown.cookie(refresh)}; ${refresh}=${known.cookie(refresh)}`;
    const response = await logout().set(fromOurPage).set('Cookie', cookie);
    expectRefusal(response, 'service_unavailable');
    expect(await isOver(known.sessionId)).toBe(true);
  });
});

describe('POST /api/logout by a token', () => {
  it('needs no page of ours, and clears the cookies that came along', async () => {
    const browser = await signUp(api.app);
    const { token, sessionId } = await registerSomebody(api.app);
    const cookie = browser.jar.header('https://api.example.com') ?? '';
    const response = await asBearer(logout(), token).set('Cookie', cookie);
    expectSuccess(response, 'logout');
    expect(setCookies(response)).toHaveLength(2);
    expect(await isOver(sessionId)).toBe(true);
  });

  it('sets nothing where no cookie was', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const response = await logout().send({ refreshToken });
    expectSuccess(response, 'logout');
    expect(setCookies(response)).toEqual([]);
    expect(response.headers['clear-site-data']).toBeUndefined();
    expect(await isOver(sessionId)).toBe(true);
  });

  it('is refused as ever when no token is genuine', async () => {
    expectRefusal(await asBearer(logout(), 'a.b.c').set(fromOurPage), 'invalid_token');
    expectRefusal(await logout().send({ refreshToken: 'x' }).set(fromOurPage), 'invalid_refresh_token');
  });
});

describe('the log of a browser’s session', () => {
  it('names events and ids, and no value of a cookie', async () => {
    text = '';
    const browser = await signUp(api.app);
    const values = [browser.cookie(access), browser.cookie(refresh)];
    await browser.ask('post', '/api/refresh');
    values.push(browser.cookie(access), browser.cookie(refresh));
    await browser.ask('get', '/api/verify');
    await request(api.app)
      .get('/api/me')
      .set('Cookie', `${access}=${browser.cookie(access)}`);
    await browser.ask('post', '/api/logout');
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg)
      .filter((name) => name !== 'request');
    expect(events).toEqual(['user_registered', 'refresh_token_rotated', 'cross_site_request', 'session_ended']);
    for (const value of values)
      for (const part of [value, ...value.split('.').slice(-1)]) expect(text).not.toContain(part);
    expect(text).not.toContain(browser.email);
  });
});
