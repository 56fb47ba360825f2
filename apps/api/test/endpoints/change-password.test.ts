import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hasher } from '../../src/passwords/worker-pool.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { logInAgain, refresh, rowOf } from '../support/sessions.ts';
import { asBearer, asClient, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

const hooks: { afterCompare: () => Promise<void> } = { afterCompare: async () => {} };
const hooked = (hasher: Hasher): Hasher => ({
  ...hasher,
  async compare(task) {
    const isSame = await hasher.compare(task);
    await hooks.afterCompare();
    return isSame;
  },
});

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ hasher: hooked })));
afterAll(() => api.close());

const newPassword = 'a new password of mine';
const change = (token: string, body: object): request.Test =>
  asBearer(request(api.app).post('/api/me/password'), token).send(body);
const login = (email: string, password: string): request.Test =>
  asClient(request(api.app).post('/api/login')).send({ email, password });
const verify = (token: string): request.Test => asBearer(request(api.app).get('/api/verify'), token);

describe('POST /api/me/password', () => {
  it('replaces the password and ends every other session', async () => {
    const here = await registerSomebody(api.app);
    const there = await logInAgain(api.app, here);
    expectSuccess(await change(here.token, { currentPassword: here.password, newPassword }), 'changePassword');

    expectRefusal(await login(here.email, here.password), 'invalid_credentials');
    await login(here.email, newPassword).expect(200);
    expectRefusal(await verify(there.token), 'session_revoked');
    expectRefusal(await refresh(api.app, there.refreshToken), 'session_revoked');
    expect((await rowOf(api.database, there.sessionId)).revokedReason).toBe('password_changed');
    await verify(here.token).expect(200);
    expectSuccess(await refresh(api.app, here.refreshToken), 'refresh');
  });

  it('changes nothing for a wrong current password', async () => {
    const here = await registerSomebody(api.app);
    const there = await logInAgain(api.app, here);
    expectRefusal(await change(here.token, { currentPassword: 'not mine', newPassword }), 'invalid_credentials');
    await login(here.email, here.password).expect(200);
    await verify(there.token).expect(200);
  });

  it('takes only one of two changes from the same password', async () => {
    const { token, password, email } = await registerSomebody(api.app);
    const passwords = ['the first of the two', 'the second of the two'];
    const answers = await Promise.all(
      passwords.map((next) => change(token, { currentPassword: password, newPassword: next })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
    const winner = passwords[answers.findIndex(({ status }) => status === 200)] ?? '';
    await login(email, winner).expect(200);
  });

  it('leaves no session to a login that it overtakes', async () => {
    const { token, password, email, user } = await registerSomebody(api.app);
    let isFirst = true;
    hooks.afterCompare = async () => {
      if (!isFirst) return;
      isFirst = false;
      await change(token, { currentPassword: password, newPassword }).expect(200);
    };
    expectRefusal(await login(email, password), 'invalid_credentials');
    expect(await api.database.session.count({ where: { userId: user.id, revokedAt: null } })).toBe(1);
  });

  it('judges the token before the body, by the row', async () => {
    expectRefusal(await request(api.app).post('/api/me/password').send({}), 'missing_token');
    const { token, sessionId } = await registerSomebody(api.app);
    await api.database.session.update({ where: { id: sessionId }, data: { revokedAt: new Date() } });
    expectRefusal(await change(token, {}), 'session_revoked');
  });

  it.each([
    [{}, ['currentPassword', 'newPassword']],
    [{ currentPassword: 'x', newPassword: 'short' }, ['newPassword']],
    [{ currentPassword: 'x', newPassword: 'a'.repeat(73) }, ['newPassword']],
    [{ currentPassword: '', newPassword }, ['currentPassword']],
    [{ currentPassword: { $ne: null }, newPassword }, ['currentPassword']],
    [{ currentPassword: 'x', newPassword: 'null \u0000 character' }, ['newPassword']],
  ])('refuses %j and names the field', async (body, fields) => {
    const { token } = await registerSomebody(api.app);
    const response = await change(token, body);
    expectRefusal(response, 'validation_failed');
    expect(response.body.errors.map((error: { path: string }) => error.path)).toEqual(fields);
  });
});
