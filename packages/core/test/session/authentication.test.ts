import { describe, expect, it } from 'vitest';
import { cookieHeader, jsonPost, loggedIn, password, secret, testBff } from '../fixtures/bff.ts';
import { json, tokens } from '../fixtures/fake-api.ts';
import { epoch, foreignPair, jwks, mint } from '../fixtures/issuer.ts';

const name = '__Host-Http-session';
const anonymous = (reason: string) => ({ kind: 'anonymous', reason });

describe('authenticate', () => {
  it('verifies locally, without asking the API again', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const calls = test.api.requests.length;
    expect(await test.bff.authenticate(cookie)).toEqual({
      kind: 'authenticated',
      user: { id: 'user-1', email: 'ada@example.com', name: 'Ada', role: 'USER' },
      session: {
        id: 'session-1',
        role: 'USER',
        expiresAt: new Date((epoch + 604_800) * 1000),
        absoluteExpiresAt: new Date((epoch + 2_592_000) * 1000),
        refreshDue: false,
      },
    });
    expect(test.api.requests.length).toBe(calls);
  });

  it('lives on while the API is down', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    test.api.answers.clear();
    test.clock.now += 800_000;
    expect((await test.bff.authenticate(cookie)).kind).toBe('authenticated');
  });

  it('calls a session due, then expired, then over', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const at = async (seconds: number) => {
      test.clock.now = (epoch + seconds) * 1000;
      return test.bff.authenticate(cookie);
    };
    expect(await at(871)).toMatchObject({ kind: 'authenticated', session: { refreshDue: true } });
    expect(await at(900)).toMatchObject({ kind: 'expired', user: { id: 'user-1' }, session: { refreshDue: true } });
    expect(await at(604_799)).toMatchObject({ kind: 'expired' });
    expect(await at(604_800)).toEqual(anonymous('session_over'));
  });

  it.each([-3_600, -300, 300, 3_600])('is right when our clock is %i s off', async (seconds) => {
    const test = testBff();
    test.clock.now += seconds * 1000;
    const cookie = await loggedIn(test);
    expect(await test.bff.authenticate(cookie)).toMatchObject({
      kind: 'authenticated',
      session: { refreshDue: false },
    });
    test.clock.now += 899_000;
    expect((await test.bff.authenticate(cookie)).kind).toBe('authenticated');
    test.clock.now += 1_000;
    expect((await test.bff.authenticate(cookie)).kind).toBe('expired');
  });

  it('does not know before the keys were ever fetched', async () => {
    const cookie = await loggedIn(testBff());
    const restarted = testBff();
    restarted.api.answers.clear();
    expect(await restarted.bff.authenticate(cookie)).toEqual({ kind: 'unavailable' });

    restarted.api.answers.set('/.well-known/jwks.json', () => json(200, jwks));
    restarted.clock.now += 1_000;
    expect((await restarted.bff.authenticate(cookie)).kind).toBe('authenticated');
  });

  it('is ready for an absent API after warming up', async () => {
    const cookie = await loggedIn(testBff());
    const restarted = testBff();
    await restarted.bff.warmUp();
    restarted.api.answers.clear();
    expect((await restarted.bff.authenticate(cookie)).kind).toBe('authenticated');
  });

  it('rotates the session secret with nobody logged out', async () => {
    const cookie = await loggedIn(testBff());
    const rotated = testBff({ sessionSecrets: ['a-newer-session-secret-of-32-bytes-or-more', secret] });
    expect((await rotated.bff.authenticate(cookie)).kind).toBe('authenticated');
    const replaced = testBff({ sessionSecrets: ['a-newer-session-secret-of-32-bytes-or-more'] });
    expect(await replaced.bff.authenticate(cookie)).toEqual(anonymous('unreadable_cookie'));
  });
});

describe('cookies that are no session', () => {
  it.each([
    [null, 'no_cookie'],
    ['', 'no_cookie'],
    ['theme=dark', 'no_cookie'],
    [`${name}=`, 'no_cookie'],
    [`${name}=garbage`, 'unreadable_cookie'],
    [`${name}="quoted"`, 'unreadable_cookie'],
    [`${name}=%00%ff`, 'unreadable_cookie'],
    [`${name}=\u00ff`, 'unreadable_cookie'],
    [`${name}=eyJhbGciOiJub25lIn0.e30.`, 'unreadable_cookie'],
    [`${name}.0=a; ${name}.2=c`, 'no_cookie'],
  ])('make %j anonymous', async (header, reason) => {
    expect(await testBff().bff.authenticate(header)).toEqual(anonymous(reason));
  });

  it('have no other name to fall back to', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    for (const other of ['session', '__Host-session', '__Secure-session', '__host-http-session']) {
      expect(await test.bff.authenticate(cookie.replace(name, other))).toEqual(anonymous('no_cookie'));
    }
  });

  it('notice a change at every place of a real cookie', { timeout: 30_000 }, async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const value = cookie.slice(name.length + 1);
    for (let at = 0; at < value.length; at += 1) {
      const tampered = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
      expect(await test.bff.authenticate(`${name}=${tampered}`)).toEqual(anonymous('unreadable_cookie'));
    }
  });

  it('hide no genuine twin, wherever it stands', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    for (const header of [`${name}=planted; ${cookie}`, `${cookie}; ${name}=planted`, `${name}.0=x; ${cookie}`]) {
      expect((await test.bff.authenticate(header)).kind).toBe('authenticated');
    }
  });

  it('hold a token whose key was retired while the person was away: late, and not a stranger', async () => {
    const test = testBff();
    test.api.answers.delete('/.well-known/jwks.json'); // so that login cannot verify
    const token = await mint({ key: foreignPair.privateKey, header: { kid: 'retired' } });
    test.api.answers.set('/api/login', async () => json(200, await tokens({ token })));
    const cookie = cookieHeader(
      await test.bff.login.handle(jsonPost('/api/login', { email: 'ada@example.com', password })),
    );

    const later = testBff();
    later.clock.now += 899_000;
    expect(await later.bff.authenticate(cookie)).toEqual(anonymous('invalid_token'));
    later.clock.now += 1_000;
    expect(await later.bff.authenticate(cookie)).toMatchObject({
      kind: 'expired',
      user: { email: 'ada@example.com' },
      session: { id: 'session-1', role: 'USER', refreshDue: true },
    });
  });

  it('hold a token that our keys did not sign', async () => {
    const test = testBff();
    test.api.answers.delete('/.well-known/jwks.json'); // so that login cannot verify
    const token = await mint({ key: foreignPair.privateKey });
    test.api.answers.set('/api/login', async () => json(200, await tokens({ token })));
    const login = await test.bff.login.handle(jsonPost('/api/login', { email: 'ada@example.com', password }));

    const restarted = testBff();
    expect(await restarted.bff.authenticate(cookieHeader(login))).toEqual(anonymous('invalid_token'));
    expect(restarted.lines).toContainEqual({
      level: 'warn',
      event: 'access_token_invalid',
      details: { reason: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' },
    });
  });
});
