import { describe, expect, it } from 'vitest';
import { parseCookies } from '../../src/cookies/header.ts';
import { jsonPost, password, publicOrigin, scriptRequest } from '../fixtures/bff.ts';
import { foreignPair, mint } from '../fixtures/issuer.ts';
import { browser, type SessionTest, type SessionTestOptions, sessionTest } from '../fixtures/sessions.ts';

const shared = { mode: 'shared-domain', domain: 'example.com' } as const;
const sharedTest = (changes: SessionTestOptions = {}) => sessionTest({ cookies: shared, ...changes });

/** Both modes in front of one API, as when a deployment's flag is switched. */
function switched(from: SessionTest, cookies: SessionTestOptions['cookies']): SessionTest {
  const next = sessionTest(cookies === undefined ? {} : { cookies });
  for (const [path, answer] of from.api.answers) next.api.answers.set(path, answer);
  return { ...next, rotating: from.rotating };
}

function report(test: SessionTest, cookie: string): Promise<unknown> {
  return test.bff.session
    .handle(scriptRequest('/api/session', { headers: { cookie } }))
    .then((answer) => answer.json());
}

function lines(response: Response): string[] {
  return response.headers.getSetCookie();
}

describe('shared-domain mode', () => {
  it('logs in with the cookies that the API would set', async () => {
    const test = sharedTest();
    const answer = await test.bff.login.handle(jsonPost('/api/login', { email: 'ada@example.com', password }));
    expect(lines(answer)).toEqual([
      expect.stringMatching(
        /^__Secure-access=eyJ[\w.-]+; Domain=example\.com; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/,
      ),
      expect.stringMatching(
        /^__Secure-refresh=v1\.[\w.-]+; Domain=example\.com; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(await answer.text()).not.toMatch(/eyJ|v1\./);
  });

  it('tells whose session it is without asking anybody', async () => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    const asked = test.api.requests.length;
    expect(await report(test, ada.cookie())).toMatchObject({
      authenticated: true,
      user: { email: 'ada@example.com', name: 'Ada' },
      session: { refreshDue: false },
    });
    expect(await ada.visit('/private')).toEqual({ status: 200, hops: [] });
    expect(test.api.requests.slice(asked).filter((request) => !request.url.endsWith('jwks.json'))).toEqual([]);
  });

  it('renews an access token that is over, and comes back', async () => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    test.clock.now += 901_000;
    expect(await report(test, ada.cookie())).toMatchObject({ authenticated: true, session: { refreshDue: true } });
    expect(await ada.visit('/private')).toEqual({
      status: 200,
      hops: ['/api/refresh?returnTo=%2Fprivate', '/private'],
    });
    expect(ada.cookie()).toContain('__Secure-refresh=v1.session-1.1.');
  });

  it('gets a lost access token back', async () => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    ada.jar.delete('__Secure-access');
    expect((await ada.visit('/private')).status).toBe(200);
    expect(ada.jar.has('__Secure-access')).toBe(true);
  });

  it.each([-60_000, 60_000])('neither loops nor logs out with the API’s clock %d ms ahead', async (apiAheadMs) => {
    const test = sharedTest({ apiAheadMs, lifetimeSeconds: 10 });
    const ada = browser(test);
    await ada.login();
    for (let round = 0; round < 5; round += 1) {
      const visit = await ada.visit('/private');
      expect(visit.status).toBe(200);
      expect(visit.hops.length).toBeLessThanOrEqual(2);
      test.clock.now += 15_000; // longer than a bounce is remembered
      ada.jar.delete('__Host-Http-refresh-bounces');
    }
  });

  it('says that the API is in the other mode, rather than loop', async () => {
    const test = sharedTest();
    const proxied = sessionTest();
    test.api.answers.set('/api/login', (request) => proxied.rotating.handle(request));
    const answer = await test.bff.login.handle(jsonPost('/api/login', { email: 'ada@example.com', password }));
    expect(answer.status).toBe(503);
    expect(lines(answer)).toEqual([]);
    expect(test.lines.find(({ event }) => event === 'api_token_rejected')?.details['remedy']).toContain('COOKIE_MODE');
  });

  it('clears in the scope in which it wrote, and ends the session', async () => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    const answer = await test.bff.logout.handle(jsonPost('/api/logout', {}, { cookie: ada.cookie() }));
    expect(lines(answer)).toEqual([
      expect.stringContaining('__Secure-access=; Domain=example.com; Path=/; Max-Age=0'),
      expect.stringContaining('__Secure-refresh=; Domain=example.com; Path=/; Max-Age=0'),
    ]);
    expect(test.rotating.sessions.get('session-1')?.endedBy).toBe('session_revoked');
  });
});

const planted = async (sid: string) => ({
  access: await mint({ payload: { sid, sub: 'mallory' }, key: foreignPair.privateKey }),
  refresh: `v1.${sid}.0.planted`,
});

describe('what a neighbour plants in shared-domain mode', () => {
  it.each(['before', 'after'])('does not hide the real session when it stands %s it', async (place) => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    const { access, refresh } = await planted('session-9');
    const twins = `__Secure-access=${access}; __Secure-refresh=${refresh}`;
    const header = () => (place === 'before' ? `${twins}; ${ada.cookie()}` : `${ada.cookie()}; ${twins}`);
    expect(await report(test, header())).toMatchObject({ authenticated: true, user: { email: 'ada@example.com' } });

    test.clock.now += 901_000;
    const renewed = await test.bff.refresh.handle(jsonPost('/api/refresh', {}, { cookie: header() }));
    expect(renewed.status).toBe(200);
    expect(lines(renewed).filter((line) => line.includes('Max-Age=0'))).toEqual([
      expect.stringMatching(/^__Secure-access=; Path/),
      expect.stringMatching(/^__Secure-access=; Domain=app\.example\.com/),
      expect.stringMatching(/^__Secure-refresh=; Path/),
      expect.stringMatching(/^__Secure-refresh=; Domain=app\.example\.com/),
    ]);
  });

  it('does not end the real session when a twin is over at the API', async () => {
    const test = sharedTest();
    const [ada, eve] = [browser(test), browser(test)];
    await ada.login();
    test.clock.now += 5_000;
    await eve.login('eve@example.com'); // her session ends last, so it is asked for first
    for (const session of test.rotating.sessions.values()) {
      if (session.email === 'eve@example.com') session.endedBy = 'session_revoked';
    }
    test.clock.now += 901_000;
    const cookie = `${eve.cookie()}; ${ada.cookie()}`;
    const renewed = await test.bff.refresh.handle(jsonPost('/api/refresh', {}, { cookie }));
    expect(await renewed.json()).toMatchObject({ data: { user: { email: 'ada@example.com' } } });
  });

  it('cannot end another person’s session here by naming it at logout', async () => {
    const test = sharedTest();
    const ada = browser(test);
    await ada.login();
    const { access, refresh } = await planted('session-1');
    const cookie = `__Secure-access=${access}; __Secure-refresh=${refresh}`;
    test.api.answers.set('/api/logout', () => new Response(null, { status: 401 }));
    await test.bff.logout.handle(jsonPost('/api/logout', {}, { cookie }));
    expect((await ada.visit('/private')).status).toBe(200);
  });
});

describe('a flag that is switched on a running deployment', () => {
  it.each([
    ['proxy', 'shared-domain', undefined, shared],
    ['shared-domain', 'proxy', shared, undefined],
  ])('from %s to %s leaves one login and no leftover', async (_from, _to, before, after) => {
    const old = sessionTest(before === undefined ? {} : { cookies: before });
    const person = browser(old);
    await person.login();
    const leftovers = [...person.jar.keys()];

    const test = switched(old, after);
    const fresh = sessionTest(after === undefined ? {} : { cookies: after });
    test.api.answers.set('/api/login', (request) => fresh.rotating.handle(request));
    await browser(fresh).login('somebody@example.com'); // so that no two sessions have one id
    const there = { ...browser(test), jar: person.jar };
    const decision = await test.bff.guard(
      new Request(`${publicOrigin}/private`, { headers: { cookie: person.cookie(), accept: 'text/html' } }),
    );
    const location = decision.kind === 'respond' ? decision.response.headers.get('location') : null;
    expect(location).toBe('/login?returnTo=%2Fprivate');

    const login = await test.bff.login.handle(
      jsonPost('/api/login', { email: 'ada@example.com', password }, { cookie: person.cookie() }),
    );
    const removed = lines(login).filter((line) => line.includes('Max-Age=0'));
    for (const name of leftovers) expect(removed.some((line) => line.startsWith(`${name}=;`))).toBe(true);
    person.store(login);
    expect([...there.jar.keys()].some((name) => leftovers.includes(name))).toBe(false);
    expect(await report(test, person.cookie())).toMatchObject({ authenticated: true });
    expect(old.rotating.sessions.get('session-1')?.endedBy).toBe('session_revoked');
  });

  it('removes leftovers at logout too', async () => {
    const old = sessionTest();
    const person = browser(old);
    await person.login();
    const test = switched(old, shared);
    const answer = await test.bff.logout.handle(jsonPost('/api/logout', {}, { cookie: person.cookie() }));
    const names = lines(answer).map((line) => parseCookies(line)[0]?.name);
    expect(names).toEqual(['__Host-Http-session', '__Secure-access', '__Secure-refresh']);
  });
});
