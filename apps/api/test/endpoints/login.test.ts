import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createWorkerPool, type Hasher } from '../../src/passwords/worker-pool.ts';
import { Refusal } from '../../src/refusal.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { asBearer, asClient, newAccount, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
let compared: string[] = [];

/** The real hasher, and what it was asked to compare with. */
const counting = (hasher: Hasher): Hasher => ({
  ...hasher,
  compare: (task) => {
    compared.push(task.hash);
    return hasher.compare(task);
  },
});

/** The first hash, which an app starts with, is a real one; for all later ones the function is asked. */
function asFirst(first: Hasher, later: () => Promise<string>): Hasher['hash'] {
  let isFirst = true;
  return (task) => {
    const hash = isFirst ? first.hash(task) : later();
    isFirst = false;
    return hash;
  };
}

beforeAll(async () => void (api = await startTestApp({ hasher: counting })));
afterAll(() => api.close());

const login = (body: object, app = api.app): request.Test => asClient(request(app).post('/api/login')).send(body);

describe('POST /api/login', () => {
  it('answers tokens, user and a new session', async () => {
    const { email, password, sessionId, user } = await registerSomebody(api.app);
    const response = await login({ email, password });
    expectSuccess(response, 'login');
    expect(response.body.data.user).toEqual(user);
    expect(response.body.data.session.id).not.toBe(sessionId);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('knows the address in any spelling', async () => {
    const { email, password } = await registerSomebody(api.app);
    await login({ email: ` ${email.toUpperCase()}`, password }).expect(200);
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const { email } = await registerSomebody(api.app);
    const wrong = await login({ email, password: 'not the password' }).set('X-Request-Id', 'same-request');
    const unknown = await login({ email: newAccount().email, password: 'not the password' }).set(
      'X-Request-Id',
      'same-request',
    );
    expectRefusal(wrong, 'invalid_credentials');
    expect(unknown.body).toEqual(wrong.body);
    const { date: _then, ...wrongHeaders } = wrong.headers;
    const { date: _now, ...unknownHeaders } = unknown.headers;
    expect(unknownHeaders).toEqual(wrongHeaders);
  });

  it('does one comparison of equal cost for both', async () => {
    const { email } = await registerSomebody(api.app);
    compared = [];
    await login({ email, password: 'not the password' }).expect(401);
    await login({ email: newAccount().email, password: 'not the password' }).expect(401);
    expect(compared.map((hash) => hash.slice(0, 7))).toEqual(['$2b$04$', '$2b$04$']);
  });

  it.each([
    ['73 bytes whose first 72 are right', 'a'.repeat(72), 'a'.repeat(73)],
    ['a repetition behind a null character', 'correct horse', 'correct horse\u0000correct horse'],
    ['a lone surrogate for a replacement character', 'correct \ufffd horse', 'correct \ud800 horse'],
  ])('refuses %s after the same work', async (_what, chosen, presented) => {
    const { email } = newAccount();
    await asClient(request(api.app).post('/api/register')).send({ email, password: chosen }).expect(201);
    await login({ email, password: chosen }).expect(200);
    compared = [];
    expectRefusal(await login({ email, password: presented }), 'invalid_credentials');
    expect(compared).toHaveLength(1);
  });

  it('hashes anew once the cost was raised', async () => {
    const { email, password } = await registerSomebody(api.app);
    const costlier = await api.sibling({ cost: 5 });
    const hash = async (): Promise<string> =>
      (await api.database.user.findUniqueOrThrow({ where: { email } })).passwordHash;

    await login({ email, password: 'not the password' }, costlier).expect(401);
    expect(await hash()).toMatch(/^\$2b\$04\$/);
    await login({ email, password }, costlier).expect(200);
    expect(await hash()).toMatch(/^\$2b\$05\$/);
    await login({ email, password }).expect(200);
    expect(await hash()).toMatch(/^\$2b\$05\$/);
  });

  it('lets somebody in whose password cannot be hashed anew', async () => {
    const { email, password } = await registerSomebody(api.app);
    const hash = vi.fn<() => Promise<string>>(async () => Promise.reject(new Refusal('service_unavailable')));
    const busy = await api.sibling({ cost: 5, hasher: (hasher) => ({ ...hasher, hash: asFirst(hasher, hash) }) });
    expectSuccess(await login({ email, password }, busy), 'login');
    expect(hash).toHaveBeenCalledTimes(1);
    expect((await api.database.user.findUniqueOrThrow({ where: { email } })).passwordHash).toMatch(/^\$2b\$04\$/);
  });

  it('tells whoever finds the queue full when to come back', async () => {
    const { email, password, token } = await registerSomebody(api.app);
    const pool = createWorkerPool({ workers: 1, queueLimit: 0 });
    const full = await api.sibling({ hasher: () => pool });
    const occupied = pool.hash({ password: 'a long work', cost: 12 });
    const answers = await Promise.all([
      login({ email, password }, full),
      login({ email: newAccount().email, password }, full),
      asClient(request(full).post('/api/register')).send(newAccount()),
      asBearer(request(full).post('/api/me/password'), token).send({
        currentPassword: password,
        newPassword: password,
      }),
    ]);
    for (const answer of answers) {
      expectRefusal(answer, 'service_unavailable');
      expect(answer.headers['retry-after']).toBe('2');
    }
    await occupied;
    expectSuccess(await login({ email, password }, full), 'login');
    await pool.close();
  });

  it('never shortens a session below one second', async () => {
    const { email, password } = await registerSomebody(api.app);
    const hasty = await api.sibling({
      policy: { accessTokenSeconds: 0.2, sessionIdleSeconds: 0.5, sessionAbsoluteSeconds: 1.5 },
    });
    const response = await login({ email, password }, hasty);
    expectSuccess(response, 'login');
    expect(response.body).toMatchObject({ expiresIn: 1, refreshExpiresIn: 1 });
  });

  it('survives lifetimes beyond the calendar', async () => {
    const { email, password } = await registerSomebody(api.app);
    const endless = Number.MAX_SAFE_INTEGER;
    const patient = await api.sibling({
      policy: { accessTokenSeconds: endless, sessionIdleSeconds: endless, sessionAbsoluteSeconds: endless },
    });
    expectSuccess(await login({ email, password }, patient), 'login');
  });
});
