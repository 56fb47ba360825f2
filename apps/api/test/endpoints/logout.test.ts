import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeRefreshToken } from '../../src/refresh-token/refresh-token.ts';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import {
  apiSecret,
  asBearer,
  asClient,
  policy,
  registerSomebody,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const logout = (app = api.app): request.Test => request(app).post('/api/logout');
const rowOf = (id: string) => api.database.session.findUniqueOrThrow({ where: { id } });

describe('POST /api/logout', () => {
  it('ends the session of a bearer without a body', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    expectSuccess(await asBearer(logout(), token), 'logout');
    expect(await rowOf(sessionId)).toMatchObject({ revokedAt: expect.any(Date), revokedReason: 'logout' });
  });

  it('ends the session of a refresh token', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    expectSuccess(await logout().send({ refreshToken }), 'logout');
    expect((await rowOf(sessionId)).revokedAt).not.toBeNull();
  });

  it('answers 200 again and keeps the first time', async () => {
    const { token, refreshToken, sessionId } = await registerSomebody(api.app);
    await asBearer(logout(), token).expect(200);
    const first = (await rowOf(sessionId)).revokedAt;
    api.advance(1);
    expectSuccess(await asBearer(logout(), token), 'logout');
    expectSuccess(await logout().send({ refreshToken }), 'logout');
    expect((await rowOf(sessionId)).revokedAt).toEqual(first);
  });

  it('leaves the other sessions of the user alone', async () => {
    const { token, email, password } = await registerSomebody(api.app);
    const { body } = await asClient(request(api.app).post('/api/login')).send({ email, password }).expect(200);
    await asBearer(logout(), token).expect(200);
    await asBearer(request(api.app).get('/api/verify'), body.token).expect(200);
  });

  it('lets an expired token end its own session', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    api.advance(policy.accessTokenSeconds + 1);
    expectSuccess(await asBearer(logout(), token), 'logout');
    expect((await rowOf(sessionId)).revokedAt).not.toBeNull();
  });

  it('answers 200 when the session row is gone', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    await api.database.session.delete({ where: { id: sessionId } });
    expectSuccess(await asBearer(logout(), token), 'logout');
  });

  it('takes a genuine refresh token of another generation', async () => {
    const { sessionId } = await registerSomebody(api.app);
    const { secret, keyId } = await rowOf(sessionId);
    const key = createSecretRing([apiSecret]).key('refreshToken', keyId) ?? Buffer.alloc(0);
    await api.database.session.update({ where: { id: sessionId }, data: { generation: 7 } });
    const refreshToken = computeRefreshToken({ sessionId, generation: 3 }, { secret, key });
    expectSuccess(await logout().send({ refreshToken }), 'logout');
    expect((await rowOf(sessionId)).revokedAt).not.toBeNull();
  });

  it('needs only one of two credentials to be good', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    expectSuccess(await asBearer(logout(), 'a.b.c').send({ refreshToken }), 'logout');
    expect((await rowOf(sessionId)).revokedAt).not.toBeNull();
  });

  it.each([undefined, {}])('asks for a credential when there is none (%j)', async (body) => {
    expectRefusal(await logout().send(body), 'missing_token');
  });

  it('refuses a bearer that nobody signed', async () => {
    expectRefusal(await asBearer(logout(), 'a.b.c'), 'invalid_token');
  });

  it('never ends a session for a forged refresh token', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const stranger = await registerSomebody(api.app);
    const [version, , generation, mac] = refreshToken.split('.');
    const forgeries = [
      `${version}.${stranger.sessionId}.${generation}.${mac}`,
      `${version}.${sessionId}.2.${mac}`,
      `${version}.${sessionId}.01.${mac}`,
      `v2.${sessionId}.${generation}.${mac}`,
      `${version}.${sessionId.toUpperCase()}.${generation}.${mac}`,
      `${version}.${sessionId}.${generation}.${'A'.repeat(43)}`,
      `${refreshToken}.`,
      ` ${refreshToken}`,
      refreshToken.slice(0, -1),
      `v1.00000000-0000-4000-8000-000000000000.1.${mac}`,
    ];
    for (const forged of forgeries)
      expectRefusal(await logout().send({ refreshToken: forged }), 'invalid_refresh_token');
    const rows = [await rowOf(sessionId), await rowOf(stranger.sessionId)];
    expect(rows.map((row) => row.revokedAt)).toEqual([null, null]);
  });

  it('answers 503 on an instance without the key', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const newer = await api.sibling({ apiSecrets: ['a newer api secret of 32 bytes or more', apiSecret] });
    await api.database.session.update({ where: { id: sessionId }, data: { keyId: 'of-another-secret' } });
    const response = await logout(newer).send({ refreshToken });
    expectRefusal(response, 'service_unavailable');
    expect(response.headers['retry-after']).toBe('1');
  });
});
