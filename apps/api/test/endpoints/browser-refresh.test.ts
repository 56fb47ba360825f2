import { signedInAnswer } from '@footbridge/contracts';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { age, refresh as refreshAsClient, rotate, rowOf } from '../support/sessions.ts';
import { asClient, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ browserPolicy: sharedDomain() })));
afterAll(() => api.close());

const ask = (tokens: readonly string[], app = api.app): request.Test => {
  const cookie = tokens.map((token) => `${refresh}=${token}`).join('; ');
  return request(app).post('/api/refresh').set(fromOurPage).set('Cookie', cookie);
};

/** The refresh token that an answer sets. */
function successor(response: Response): string {
  const line = setCookies(response).find((candidate) => candidate.startsWith(`${refresh}=v1.`)) ?? '';
  return line
    .slice(refresh.length + 1)
    .split(';', 1)
    .join('');
}

const cleared = (response: Response): boolean =>
  [access, refresh].every((name) =>
    setCookies(response).some((line) => line.startsWith(`${name}=; Domain=example.com; Path=/; Max-Age=0;`)),
  );

/** Somebody whose browser has rotated twice: three generations, all genuine. */
async function threeGenerations(): Promise<{ browser: SignedIn; tokens: [string, string, string] }> {
  const browser = await signUp(api.app);
  const tokens = [browser.cookie(refresh)];
  for (let rotation = 0; rotation < 2; rotation += 1) {
    await browser.ask('post', '/api/refresh');
    tokens.push(browser.cookie(refresh));
  }
  const [first = '', second = '', third = ''] = tokens;
  return { browser, tokens: [first, second, third] };
}

describe('POST /api/refresh from a browser', () => {
  it('rotates into cookies and shows no token', async () => {
    const browser = await signUp(api.app);
    const before = [browser.cookie(access), browser.cookie(refresh)];
    const response = await browser.ask('post', '/api/refresh');
    expect(response.status).toBe(200);
    expect(response.body).toEqual(signedInAnswer.parse(response.body));
    const after = [browser.cookie(access), browser.cookie(refresh)];
    for (const [index, value] of after.entries()) {
      expect(value).not.toBe(before[index]);
      expect(response.text).not.toContain(value);
    }
    expect(after[1]).toMatch(new RegExp(`^v1\\.${browser.sessionId}\\.2\\.`));
    expect(response.headers['cache-control']).toBe('private, no-store');
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });

  it('needs no access token', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    const browser = openBrowser(api.app);
    browser.jar.take('https://api.example.com', [`${refresh}=${refreshToken}; Domain=example.com; Path=/; Secure`]);
    expectRefusal(await browser.ask('get', '/api/verify'), 'missing_token');
    expect((await browser.ask('post', '/api/refresh')).status).toBe(200);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
  });

  it('gives all tabs the same successor', async () => {
    const browser = await signUp(api.app);
    const token = browser.cookie(refresh);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask([token])));
    expect(new Set(answers.map(successor)).size).toBe(1);
    expect((await rowOf(api.database, browser.sessionId)).generation).toBe(2);
  });

  it('takes a token in the body too, and answers with cookies', async () => {
    const { refreshToken, user } = await registerSomebody(api.app);
    const response = await request(api.app).post('/api/refresh').set(fromOurPage).send({ refreshToken });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({ success: true, message: 'refreshed', data: { user } });
    expect(setCookies(response)).toHaveLength(2);
  });

  it.each([
    ['no cookie', []],
    ['an empty one', ['']],
  ])('answers as ever when there is %s', async (_what, tokens) => {
    const response = await ask(tokens);
    expectRefusal(response, 'invalid_refresh_token');
    expect(setCookies(response)).toEqual([]);
  });

  it.each([['garbage'], ['v1.x.1.y'], ['']])('clears what is no token of ours (%j)', async (token) => {
    const response = await ask([token, 'more garbage']);
    expectRefusal(response, 'invalid_refresh_token');
    expect(cleared(response)).toBe(true);
  });

  it.each([
    ['session_expired', (id: string) => age(api.database, id, policy.sessionIdleSeconds + 1)],
    ['session_revoked', (id: string) => api.services.sessions.end(id, 'logout')],
    ['invalid_refresh_token', (id: string) => api.database.session.delete({ where: { id } })],
  ] as const)('says %s and clears both cookies', async (code, end) => {
    const browser = await signUp(api.app);
    await end(browser.sessionId);
    const response = await browser.ask('post', '/api/refresh');
    expectRefusal(response, code);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(cleared(response)).toBe(true);
    expect(browser.jar.all()).toEqual([]);
  });

  it('ends the session whose only token was used before', async () => {
    const { browser, tokens } = await threeGenerations();
    const response = await ask([tokens[0]]);
    expectRefusal(response, 'refresh_token_reused');
    expect(cleared(response)).toBe(true);
    expect(await rowOf(api.database, browser.sessionId)).toMatchObject({ revokedReason: 'refresh_token_reused' });
  });

  it('touches no cookie while the token cannot be judged', async () => {
    const browser = await signUp(api.app);
    await api.database.session.update({ where: { id: browser.sessionId }, data: { keyId: 'of-another-secret' } });
    const fresh = await api.sibling({ browserPolicy: sharedDomain() });
    for (const tokens of [[browser.cookie(refresh)], [browser.cookie(refresh), 'garbage']]) {
      const response = await ask(tokens, fresh);
      expectRefusal(response, 'service_unavailable');
      expect(response.headers['retry-after']).toBe('1');
      expect(setCookies(response)).toEqual([]);
    }
  });

  it('gives the client its tokens in the body and reads no cookie', async () => {
    const browser = await signUp(api.app);
    const { refreshToken } = await registerSomebody(api.app);
    const cookie = browser.jar.header('https://api.example.com') ?? '';
    const response = await asClient(request(api.app).post('/api/refresh')).set('Cookie', cookie).send({ refreshToken });
    expectSuccess(response, 'refresh');
    expect(setCookies(response)).toEqual([]);
    const without = await asClient(request(api.app).post('/api/refresh')).set('Cookie', cookie);
    expectRefusal(without, 'invalid_refresh_token');
    expect(setCookies(without)).toEqual([]);
    expect((await rowOf(api.database, browser.sessionId)).generation).toBe(1);
  });
});

describe('twins of the refresh cookie', () => {
  it('that are older are no theft, in any order', async () => {
    for (const order of [
      [0, 2],
      [2, 0],
      [1, 2, 0],
      [0, 1, 2],
    ] as const) {
      const { browser, tokens } = await threeGenerations();
      await age(api.database, browser.sessionId, policy.refreshGraceSeconds + 1);
      const response = await ask(order.map((index) => tokens[index]));
      expect(response.status).toBe(200);
      expect(successor(response)).toMatch(new RegExp(`^v1\\.${browser.sessionId}\\.4\\.`));
      expect((await rowOf(api.database, browser.sessionId)).revokedAt).toBeNull();
    }
  });

  it('that are not genuine change nothing, in either order', async () => {
    const stranger = await registerSomebody(api.app);
    const forgeries = ['garbage', `v1.${stranger.sessionId}.9.${'A'.repeat(43)}`, `v1.x.1.${'A'.repeat(43)}`];
    for (const isFirst of [true, false]) {
      const { browser, tokens } = await threeGenerations();
      const newest = tokens[2];
      const forged = [...forgeries, `v1.${browser.sessionId}.9.${newest.slice(-43)}`];
      const response = await ask(isFirst ? [...forged, newest] : [newest, ...forged]);
      expect(successor(response)).toMatch(new RegExp(`^v1\\.${browser.sessionId}\\.4\\.`));
    }
    expect(await rowOf(api.database, stranger.sessionId)).toMatchObject({ generation: 1, revokedAt: null });
  });

  it('of a session that has ended give way to one that goes on', async () => {
    const ended = await registerSomebody(api.app);
    await api.services.sessions.end(ended.sessionId, 'logout');
    for (const isFirst of [true, false]) {
      const { refreshToken, sessionId } = await registerSomebody(api.app);
      const order = isFirst ? [ended.refreshToken, refreshToken] : [refreshToken, ended.refreshToken];
      expect(successor(await ask(order))).toMatch(new RegExp(`^v1\\.${sessionId}\\.2\\.`));
    }
  });

  it('that cannot be judged do not keep a good one from its successor', async () => {
    const unknown = await registerSomebody(api.app);
    await api.database.session.update({ where: { id: unknown.sessionId }, data: { keyId: 'of-another-secret' } });
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    expect(successor(await ask([unknown.refreshToken, refreshToken]))).toMatch(new RegExp(`^v1\\.${sessionId}\\.2\\.`));
  });

  it('leave only what the answer sets', async () => {
    const browser = await signUp(api.app);
    browser.jar.take('https://api.example.com/', [`${refresh}=leftover; Path=/; Secure; HttpOnly`]);
    browser.plant(`${refresh}=planted; Domain=example.com; Path=/api; Secure`);
    expect(browser.jar.all()).toHaveLength(4);
    expect((await browser.ask('post', '/api/refresh')).status).toBe(200);
    const left = browser.jar.all().filter(({ name, path }) => name === refresh && path === '/');
    expect(left).toMatchObject([{ domain: 'example.com', isHostOnly: false }]);
    expect((await browser.ask('get', '/api/verify')).status).toBe(200);
    expect((await browser.ask('post', '/api/refresh')).status).toBe(200);
  });

  it('say the first reason when none goes on, and clear every scope', async () => {
    const [one, two] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    await api.services.sessions.end(one.sessionId, 'logout');
    await age(api.database, two.sessionId, policy.sessionIdleSeconds + 1);
    const response = await ask([one.refreshToken, two.refreshToken]);
    expectRefusal(response, 'session_revoked');
    expect(cleared(response)).toBe(true);
    expect(setCookies(response).some((line) => line.startsWith(`${refresh}=; Path=/`))).toBe(true);
  });

  it('are looked at only so far', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const second = await rotate(api.app, refreshToken);
    const many = Array.from({ length: 200 }, (_value, index) => `v1.x.${index}.y`);
    expectRefusal(await ask([...many, second.refreshToken]), 'invalid_refresh_token');
    expect(await rowOf(api.database, sessionId)).toMatchObject({ generation: 2, revokedAt: null });
    expect((await refreshAsClient(api.app, second.refreshToken)).status).toBe(200);
  });
});

describe('a browser that never saw the answer', () => {
  it('gets the same cookies again', async () => {
    const browser = await signUp(api.app);
    const lost = await ask([browser.cookie(refresh)]);
    const again = await browser.ask('post', '/api/refresh');
    expect(successor(again)).toBe(successor(lost));
  });
});
