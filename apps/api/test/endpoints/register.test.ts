import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { asClient, newAccount, policy, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const register = (body: object): request.Test => asClient(request(api.app).post('/api/register')).send(body);

describe('POST /api/register', () => {
  it('answers tokens, user and session', async () => {
    const account = newAccount();
    const response = await register(account);
    expectSuccess(response, 'register');
    expect(response.body.data.user).toMatchObject({ email: account.email, name: account.name, role: 'user' });
    expect(response.headers['cache-control']).toBe('private, no-store');
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('gives lifetimes in whole seconds from now', async () => {
    const { body } = await register(newAccount());
    expect(body).toMatchObject({
      expiresIn: policy.accessTokenSeconds,
      refreshExpiresIn: policy.sessionIdleSeconds,
      data: {
        session: {
          expiresAt: new Date(api.now() + policy.sessionIdleSeconds * 1000).toISOString(),
          absoluteExpiresAt: new Date(api.now() + policy.sessionAbsoluteSeconds * 1000).toISOString(),
        },
      },
    });
  });

  it('stores one canonical address and no plain password', async () => {
    const { email, password } = newAccount();
    await register({ email: `  ${email.toUpperCase()} `, password }).expect(201);
    const row = await api.database.user.findUniqueOrThrow({ where: { email } });
    expect(row.passwordHash).toMatch(/^\$2b\$04\$/);
    expect(row.name).toBeNull();
  });

  it('opens a session with its own secret', async () => {
    const { body } = await register(newAccount());
    const row = await api.database.session.findUniqueOrThrow({ where: { id: body.data.session.id } });
    expect(row).toMatchObject({ generation: 1, userId: body.data.user.id, revokedAt: null, revokedReason: null });
    expect(row.secret).toHaveLength(32);
  });

  it('refuses an address that is taken, however written', async () => {
    const account = newAccount();
    await register(account).expect(201);
    expectRefusal(await register({ ...account, email: account.email.toUpperCase() }), 'email_taken');
  });

  it('lets one of many simultaneous registrations win', async () => {
    const account = newAccount();
    const responses = await Promise.all(Array.from({ length: 6 }, () => register(account)));
    const statuses = responses.map((response) => response.status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await api.database.user.count({ where: { email: account.email } })).toBe(1);
  });

  it('names every field that is wrong at once', async () => {
    const response = await register({ email: 'nobody', password: 'short', name: '' });
    expectRefusal(response, 'validation_failed');
    const paths = response.body.errors.map((error: { path: string }) => error.path);
    expect(paths.toSorted()).toEqual(['email', 'name', 'password']);
  });

  it.each([
    ['a role of their own choosing', { role: 'admin' }],
    ['an id of their own choosing', { id: '00000000-0000-4000-8000-000000000000' }],
    ['a prototype', JSON.parse('{"__proto__": {"role": "admin"}}')],
  ])('ignores %s', async (_what, extra) => {
    const { body } = await register({ ...newAccount(), ...extra });
    expect(body.data.user.role).toBe('user');
    expect(body.data.user.id).not.toBe('00000000-0000-4000-8000-000000000000');
  });
});
