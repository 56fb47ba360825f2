import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access, fromOurPage, openBrowser, setCookies, sharedDomain, signUp } from '../support/browser.ts';
import { expectErrorBody, expectRefusal, expectSuccess } from '../support/contract.ts';
import { openSession } from '../support/sessions.ts';
import { asBearer, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ browserPolicy: sharedDomain() })));
afterAll(() => api.close());

const ask = (path: string, tokens: readonly string[]): request.Test => {
  const cookie = tokens.map((token) => `${access}=${token}`).join('; ');
  return request(api.app).get(path).set(fromOurPage).set('Cookie', cookie);
};

/** A token whose time is over, of a session that goes on. */
async function expiredToken(): Promise<string> {
  const { token } = await registerSomebody(api.app);
  api.advance(policy.accessTokenSeconds + 1);
  return token;
}

/** A good token, made now. */
async function freshToken(): Promise<{ token: string; sessionId: string; email: string }> {
  const { user, email } = await registerSomebody(api.app);
  return { ...(await openSession(api, user)), email };
}

describe.each(['/api/verify', '/api/sessions'])('GET %s by cookie', (path) => {
  it('answers as it answers a bearer', async () => {
    const { token } = await freshToken();
    const response = await ask(path, [token]);
    expectSuccess(response, path === '/api/verify' ? 'verify' : 'sessions');
    const { body } = await asBearer(request(api.app).get(path), token);
    expect(response.body).toEqual(body);
  });

  it.each([
    ['no cookie', []],
    ['an empty one', ['']],
  ])('asks for a token when there is %s', async (_what, tokens) => {
    const response = await ask(path, tokens);
    expectRefusal(response, 'missing_token');
    expect(response.headers['www-authenticate']).toBe('Bearer realm="footbridge"');
  });

  it('refuses a token that has expired', async () => {
    const response = await ask(path, [await expiredToken()]);
    expectRefusal(response, 'invalid_token');
    expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="footbridge", error="invalid_token"/);
  });

  it('refuses the token of a session that has ended', async () => {
    const { token, sessionId } = await freshToken();
    await api.services.sessions.end(sessionId, 'logout');
    expectRefusal(await ask(path, [token]), 'session_revoked');
  });

  const twins: readonly [string, () => Promise<string>][] = [
    ['an expired one', expiredToken],
    ['garbage', async () => 'garbage'],
    ['a forgery', async () => (await freshToken()).token.replace(/.{10}$/, 'AAAAAAAAAA')],
    [
      'one of an ended session',
      async () => {
        const { token, sessionId } = await freshToken();
        await api.services.sessions.end(sessionId, 'logout');
        return token;
      },
    ],
  ];

  it.each(twins)('is not changed by a twin that is %s', async (_what, makeTwin) => {
    const twin = await makeTwin();
    const { token } = await freshToken();
    const expected = (await ask(path, [token])).body;
    expect((await ask(path, [twin, token])).body).toEqual(expected);
    expect((await ask(path, [token, twin])).body).toEqual(expected);
    expect((await ask(path, [twin, twin, token, twin])).body).toEqual(expected);
  });

  it('lets the first of two good tokens win', async () => {
    const [one, two] = [await freshToken(), await freshToken()];
    expect((await ask(path, [one.token, two.token])).body).toEqual((await ask(path, [one.token])).body);
  });

  it('says what a refresh can cure, when nothing else is left', async () => {
    const expired = await expiredToken();
    const { token, sessionId } = await freshToken();
    await api.services.sessions.end(sessionId, 'logout');
    for (const tokens of [
      [expired, token],
      [token, expired],
    ]) {
      expectRefusal(await ask(path, tokens), 'invalid_token');
    }
    expectRefusal(await ask(path, ['garbage', token]), 'session_revoked');
  });

  it('never changes a cookie', async () => {
    const { token } = await freshToken();
    for (const tokens of [[token], ['garbage'], [], [token, 'garbage']]) {
      expect(setCookies(await ask(path, tokens))).toEqual([]);
    }
  });
});

describe('a bearer in the header', () => {
  it('wins against a cookie, good or bad', async () => {
    const [header, cookie] = [await freshToken(), await freshToken()];
    const { body } = await asBearer(ask('/api/me', [cookie.token]), header.token).expect(200);
    expect(body.data.user.email).toBe(header.email);
    expectRefusal(await asBearer(ask('/api/me', [cookie.token]), 'a.b.c'), 'invalid_token');
  });
});

describe('other cookies', () => {
  it.each(['access', 'session', '__Secure-Access', '__Host-access', 'token'])(
    'named %s count for nothing',
    async (name) => {
      const { token } = await freshToken();
      const test = request(api.app).get('/api/me').set(fromOurPage);
      expectRefusal(await test.set('Cookie', `${name}=${token}`), 'missing_token');
    },
  );
});

describe.each(Object.values<ApiEndpoint>(apiEndpoints).map((endpoint) => [endpoint.method, endpoint.path] as const))(
  '%s %s',
  (method, path) => {
    const verbs = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;
    const hostile = [
      `${access}=`,
      `${access}="; ${access}='`,
      `${access}=${'a.'.repeat(3000)}`,
      `${access}=..; __Secure-refresh=v1...`,
      `__Secure-refresh=v1.00000000-0000-4000-8000-000000000000.1.${'A'.repeat(43)}`,
      `__Secure-refresh=v1.00000000-0000-4000-8000-000000000000.1.${'A'.repeat(42)}; `.repeat(100),
      `${access}=%00; __Secure-refresh=%E0%A4%A; =; ;;`,
      `__proto__=1; constructor=2; ${access}=__proto__`,
    ];

    it('survives hostile cookies', async () => {
      for (const cookie of hostile) {
        const test = request(api.app)[verbs[method]](path.replace(':id', 'x')).set(fromOurPage).set('Cookie', cookie);
        const response = await test;
        expect(response.status, cookie.slice(0, 40)).toBeLessThan(500);
        if (response.status >= 400) expectErrorBody(response);
      }
    });
  },
);

describe('a browser', () => {
  it('does everything that a bearer can', async () => {
    const browser = await signUp(api.app);
    const changed = await browser.ask('patch', '/api/me', { name: 'Ada' });
    expectSuccess(changed, 'changeProfile');
    expect((await browser.ask('get', '/api/me')).body.data.user.name).toBe('Ada');
    const { body } = await browser.ask('get', '/api/sessions');
    expect(body.data.sessions).toMatchObject([{ id: browser.sessionId, current: true }]);
    expectSuccess(await browser.ask('post', '/api/logout-all'), 'logoutAll');
    expectRefusal(await browser.ask('get', '/api/me'), 'missing_token');
    expectRefusal(await openBrowser(api.app).ask('get', '/api/me'), 'missing_token');
  });
});
