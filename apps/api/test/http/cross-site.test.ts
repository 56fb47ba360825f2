import { Writable } from 'node:stream';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { access, fromOurPage, https, openBrowser, refresh, sharedDomain, signUp } from '../support/browser.ts';
import { expectRefusal } from '../support/contract.ts';
import { refresh as refreshAsClient, rowOf } from '../support/sessions.ts';
import { asClient, basic, newAccount, policy, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
let lines: string[] = [];
beforeAll(async () => {
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  api = await startTestApp({ browserPolicy: sharedDomain(), logger: createLogger('info', sink) });
});
afterAll(() => api.close());
beforeEach(() => void (lines = []));

const logged = (name: string): Record<string, unknown>[] =>
  lines.map((line): Record<string, unknown> => JSON.parse(line)).filter(({ msg }) => msg === name);

type Method = 'get' | 'head' | 'post' | 'patch' | 'delete';
const sites = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'nonsense'] as const;
const origins = [undefined, https.web, https.api, 'https://evil.example.com', 'null'] as const;
const methods: readonly Method[] = ['get', 'head', 'post', 'patch', 'delete'];

/** What stands against a request, by the evidence that it carries. */
function reasonAgainst(method: Method, site: (typeof sites)[number], origin: (typeof origins)[number]) {
  const isRead = method === 'get' || method === 'head';
  const isListed = origin === https.web;
  switch (site) {
    case 'same-origin':
      return undefined;
    case 'none':
      return isRead ? undefined : 'sec_fetch_site';
    case 'same-site':
      return isListed || (isRead && origin === undefined) ? undefined : 'origin';
    case 'cross-site':
    case 'nonsense':
      return 'sec_fetch_site';
    case undefined:
      if (origin === undefined) return 'unmarked';
      return isListed ? undefined : 'origin';
  }
}

const matrix = methods.flatMap((method) =>
  sites.flatMap((site) => origins.map((origin) => [method, site, origin] as const)),
);

const paths: Record<Method, string> = {
  get: '/api/verify',
  head: '/api/me',
  post: '/api/verify',
  patch: '/api/me',
  delete: '/api/sessions/00000000-0000-4000-8000-000000000000',
};

function ask(method: Method, headers: Record<string, string | undefined>): request.Test {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const test = request(api.app)[method](paths[method]).set(Object.fromEntries(given));
  return method === 'patch' ? test.send({ name: 'New' }) : test;
}

describe('every request', () => {
  let cookie: string;
  let bearer: string;
  beforeAll(async () => {
    const browser = await signUp(api.app);
    cookie = `${access}=${browser.cookie(access)}; ${refresh}=${browser.cookie(refresh)}`;
    bearer = `Bearer ${browser.cookie(access)}`;
  });

  it.each(matrix)('%s by cookie from site %s and origin %s is judged', async (method, site, origin) => {
    const response = await ask(method, { Cookie: cookie, 'Sec-Fetch-Site': site, Origin: origin });
    const reason = reasonAgainst(method, site, origin);
    const isAnswered = method === 'delete' ? 404 : 200;
    expect(response.status).toBe(reason === undefined ? isAnswered : 403);
    expect(logged('cross_site_request')).toMatchObject(reason === undefined ? [] : [{ reason }]);
  });

  it.each(matrix)('%s by bearer from site %s and origin %s is not', async (method, site, origin) => {
    const headers = { Authorization: bearer, Cookie: `${access}=x`, 'Sec-Fetch-Site': site, Origin: origin };
    expect((await ask(method, headers)).status).toBe(method === 'delete' ? 404 : 200);
  });

  it('without any evidence passes by the header that no form can send', async () => {
    expect((await ask('get', { Cookie: cookie, 'X-Footbridge': '1' })).status).toBe(200);
    expect((await ask('post', { Cookie: cookie, 'X-Footbridge': '1' })).status).toBe(200);
    expect((await ask('post', { Cookie: cookie, 'X-Footbridge': 'yes' })).status).toBe(403);
  });

  it('is judged before the token', async () => {
    const forged = await ask('get', { Cookie: `${access}=not-a-token`, 'Sec-Fetch-Site': 'cross-site' });
    expectRefusal(forged, 'cross_site_request');
    expect(forged.headers['www-authenticate']).toBeUndefined();
    expectRefusal(await ask('get', { 'Sec-Fetch-Site': 'cross-site' }), 'missing_token'); // nobody to be protected
  });

  it('with another scheme in its header is judged as without', async () => {
    const basicAuth = { Authorization: basic('staging', 'secret'), Cookie: cookie };
    expect((await ask('get', { ...basicAuth, ...fromOurPage })).status).toBe(200);
    expect((await ask('get', { ...basicAuth, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });

  it('with a malformed bearer is refused, whatever its cookie', async () => {
    expectRefusal(await ask('get', { Authorization: 'Bearer', Cookie: cookie, ...fromOurPage }), 'invalid_token');
  });
});

describe.each(['/api/login', '/api/register', '/api/refresh', '/api/logout'])('POST %s', (path) => {
  const foreign = sites.flatMap((site) =>
    origins
      .filter((origin) => reasonAgainst('post', site, origin) !== undefined)
      .map((origin) => [site, origin] as const),
  );

  it.each(foreign)('from site %s and origin %s touches nothing', async (site, origin) => {
    const { jar, sessionId, ...person } = await signUp(api.app);
    const test = request(api.app)
      .post(path)
      .set({ Cookie: jar.header(https.api) ?? '' });
    if (site !== undefined) test.set('Sec-Fetch-Site', site);
    if (origin !== undefined) test.set('Origin', origin);
    const body = path === '/api/register' ? newAccount() : { email: person.email, password: person.password };
    const response = await (path === '/api/refresh' || path === '/api/logout' ? test : test.send(body));
    expectRefusal(response, 'cross_site_request');
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(await rowOf(api.database, sessionId)).toMatchObject({ generation: 1, revokedAt: null });
  });

  it('is judged before its body is read', async () => {
    const test = request(api.app).post(path).set({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.test' });
    const response = await test.set('Content-Type', 'text/plain').send('{');
    expectRefusal(response, 'cross_site_request');
  });
});

describe('a client credential', () => {
  it.each(sites)('gets tokens in the body from site %s', async (site) => {
    const headers = { Origin: 'https://evil.test', ...(site && { 'Sec-Fetch-Site': site }) };
    const response = await asClient(request(api.app).post('/api/register')).set(headers).send(newAccount());
    expect(response.status).toBe(201);
    expect((await refreshAsClient(api.app, response.body.refreshToken)).status).toBe(200);
  });

  it.each([
    ['a wrong secret', basic(policy.client.id, 'not the secret')],
    ['another client', basic('other', policy.client.secret)],
    ['a bearer', 'Bearer not-a-token'],
    ['another scheme', 'Digest username="web"'],
  ])('that is %s counts as none, and is logged', async (_what, authorization) => {
    const ours = request(api.app).post('/api/register').set(fromOurPage).set('Authorization', authorization);
    const { body, headers } = await ours.send(newAccount()).expect(201);
    expect(body).not.toHaveProperty('token');
    expect(headers['set-cookie']).toHaveLength(2);
    const stranger = request(api.app).post('/api/login').set('Authorization', authorization);
    expectRefusal(await stranger.send({ email: 'ada@example.com', password: 'x' }), 'cross_site_request');
    expect(logged('client_credential_refused')).toHaveLength(2);
    expect(lines.join('')).not.toContain(authorization.split(' ')[1]);
  });

  it('alone opens the feed of revocations', async () => {
    const browser = openBrowser(api.app);
    expectRefusal(await browser.ask('get', '/api/revocations'), 'invalid_client');
    await asClient(request(api.app).get('/api/revocations')).expect(200);
  });
});
