import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { asBearer, policy, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

describe.each(['get', 'post'] as const)('%s /api/verify', (method) => {
  const verify = (token: string): request.Test => asBearer(request(api.app)[method]('/api/verify'), token);

  it('answers user and session of a valid token', async () => {
    const { token, user, sessionId } = await registerSomebody(api.app);
    const response = await verify(token);
    expectSuccess(response, method === 'get' ? 'verify' : 'verifyByPost');
    expect(response.body.data).toMatchObject({ user, session: { id: sessionId } });
    expect(response.headers['cache-control']).toBe('private, no-store');
  });

  it('says that nobody is authenticated without a token', async () => {
    const response = await request(api.app)[method]('/api/verify');
    expectRefusal(response, 'missing_token');
    expect(response.body.authenticated).toBe(false);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="footbridge"');
  });

  it('fails at once when the session is revoked', async () => {
    const { token } = await registerSomebody(api.app);
    await asBearer(request(api.app).post('/api/logout'), token).expect(200);
    const response = await verify(token);
    expectRefusal(response, 'session_revoked');
    expect(response.body.authenticated).toBe(false);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="footbridge", error="invalid_token"/);
  });

  it('fails when the session row is gone', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    await api.database.session.delete({ where: { id: sessionId } });
    expectRefusal(await verify(token), 'session_expired');
  });

  it('fails when the user is gone', async () => {
    const { token, user } = await registerSomebody(api.app);
    await api.database.user.delete({ where: { id: user.id } });
    expectRefusal(await verify(token), 'session_expired');
  });

  it('refuses a token that has expired', async () => {
    const { token } = await registerSomebody(api.app);
    api.advance(policy.accessTokenSeconds + 1);
    expectRefusal(await verify(token), 'invalid_token');
  });

  it.each([
    ['idle', 'expiresAt'],
    ['absolute', 'absoluteExpiresAt'],
  ] as const)('refuses a session past its %s end', async (_what, column) => {
    const { token, sessionId } = await registerSomebody(api.app);
    await api.database.session.update({ where: { id: sessionId }, data: { [column]: new Date(api.now()) } });
    expectRefusal(await verify(token), 'session_expired');
  });
});
