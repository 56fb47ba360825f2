import { Writable } from 'node:stream';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { age, logInAgain, refresh, rotate, rowOf } from '../support/sessions.ts';
import {
  apiSecret,
  asBearer,
  asClient,
  policy,
  registerSomebody,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';

const lines: string[] = [];
let api: TestApp;
beforeAll(async () => {
  const sink = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
  api = await startTestApp({ logger: createLogger('info', sink) });
});
afterAll(() => api.close());

const verify = (token: string): request.Test => asBearer(request(api.app).get('/api/verify'), token);
const beyondGrace = policy.refreshGraceSeconds + 1;

describe('POST /api/refresh', () => {
  it('answers new tokens, and slides the idle end alone', async () => {
    const { refreshToken, sessionId, user } = await registerSomebody(api.app);
    await age(api.database, sessionId, 600);
    const before = await rowOf(api.database, sessionId);
    const response = await refresh(api.app, refreshToken);
    expectSuccess(response, 'refresh');
    expect(response.body).toMatchObject({ expiresIn: 900, refreshExpiresIn: 3600, data: { user } });
    expect(response.body.refreshToken).toMatch(new RegExp(`^v1\\.${sessionId}\\.2\\.`));
    await verify(response.body.token).expect(200);

    const after = await rowOf(api.database, sessionId);
    expect(after).toMatchObject({ generation: 2, absoluteExpiresAt: before.absoluteExpiresAt, secret: before.secret });
    expect(after.rotatedAt).toEqual(after.lastActiveAt);
    expect(after.expiresAt.getTime() - after.rotatedAt.getTime()).toBe(policy.sessionIdleSeconds * 1000);
  });

  it('never outlives the absolute end', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    await age(api.database, sessionId, policy.sessionIdleSeconds - 60);
    const second = await rotate(api.app, refreshToken);
    await age(api.database, sessionId, policy.sessionIdleSeconds - 60);
    const { body } = await refresh(api.app, second.refreshToken);
    const { expiresAt, absoluteExpiresAt } = body.data.session;
    expect(expiresAt).toBe(absoluteExpiresAt);
    expect(body.refreshExpiresIn).toBeLessThanOrEqual(120);
    expect(body.expiresIn).toBeLessThanOrEqual(120);
  });

  it('answers what the role and name are now', async () => {
    const { refreshToken, user } = await registerSomebody(api.app);
    await api.database.user.update({ where: { id: user.id }, data: { role: 'admin', name: null } });
    const { body } = await refresh(api.app, refreshToken);
    expect(body.data.user).toEqual({ ...user, role: 'admin', name: null });
  });

  it('answers the same successor again within the grace', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const first = await rotate(api.app, refreshToken);
    await age(api.database, sessionId, policy.refreshGraceSeconds - 5);
    const again = await refresh(api.app, refreshToken);
    expectSuccess(again, 'refresh');
    expect(again.body.refreshToken).toBe(first.refreshToken);
    expect((await rowOf(api.database, sessionId)).generation).toBe(2);
    await verify(again.body.token).expect(200);
  });

  it('ends the one session whose token returns after the grace', async () => {
    const somebody = await registerSomebody(api.app);
    const { refreshToken, sessionId, user } = somebody;
    const other = await logInAgain(api.app, somebody);
    const owner = await rotate(api.app, refreshToken);
    await age(api.database, sessionId, beyondGrace);

    lines.length = 0;
    expectRefusal(await refresh(api.app, refreshToken), 'refresh_token_reused');
    expect(await rowOf(api.database, sessionId)).toMatchObject({ revokedReason: 'refresh_token_reused' });
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ msg: 'refresh_token_reused', sessionId, userId: user.id, reusesSinceStart: 1 }),
    );
    expectRefusal(await refresh(api.app, owner.refreshToken), 'session_revoked');
    expectRefusal(await verify(owner.token), 'session_revoked');
    expectRefusal(await refresh(api.app, refreshToken), 'session_revoked');
    expectSuccess(await refresh(api.app, other.refreshToken), 'refresh');
  });

  it('takes an ancestor for theft even within the grace', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    const second = await rotate(api.app, refreshToken);
    const third = await rotate(api.app, second.refreshToken);
    expectRefusal(await refresh(api.app, refreshToken), 'refresh_token_reused');
    expectRefusal(await refresh(api.app, third.refreshToken), 'session_revoked');
  });

  it.each([
    ['idle', policy.sessionIdleSeconds],
    ['absolute', policy.sessionAbsoluteSeconds],
  ])('says that the session has expired after its %s end', async (_what, seconds) => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    await age(api.database, sessionId, seconds + 1);
    const response = await refresh(api.app, refreshToken);
    expectRefusal(response, 'session_expired');
    expect(response.headers['www-authenticate']).toMatch(/error="invalid_token"/);
    expect((await rowOf(api.database, sessionId)).revokedAt).toBeNull();
  });

  it('lets nothing slide a session beyond its absolute end', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    await api.database.session.update({
      where: { id: sessionId },
      data: { absoluteExpiresAt: new Date(Date.now() - 1) },
    });
    expectRefusal(await refresh(api.app, refreshToken), 'session_expired');
  });

  it('says that the session has ended after logout', async () => {
    const { refreshToken, token } = await registerSomebody(api.app);
    await asBearer(request(api.app).post('/api/logout'), token).expect(200);
    expectRefusal(await refresh(api.app, refreshToken), 'session_revoked');
  });

  it('knows no session that was deleted, in memory or not', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const second = await rotate(api.app, refreshToken);
    await api.database.session.delete({ where: { id: sessionId } });
    expectRefusal(await refresh(api.app, second.refreshToken), 'invalid_refresh_token');
  });

  it('leaves a session alone whose row is older than its token', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const second = await rotate(api.app, refreshToken);
    await api.database.session.update({ where: { id: sessionId }, data: { generation: 1 } });
    expectRefusal(await refresh(api.app, second.refreshToken), 'invalid_refresh_token');
    expectSuccess(await refresh(api.app, refreshToken), 'refresh');
  });

  it('answers 503 on an instance without the key', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const stranger = await api.sibling({
      sharedSecret: 's'.repeat(32),
      apiSecrets: ['another api secret of 32 bytes or more'],
    });
    const response = await refresh(stranger, refreshToken);
    expectRefusal(response, 'service_unavailable');
    expect(response.headers['retry-after']).toBe('1');
    expect((await rowOf(api.database, sessionId)).generation).toBe(1);
  });

  it('computes one successor on instances with different newest secrets', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    const newer = await api.sibling({ apiSecrets: ['a newer api secret of 32 bytes or more', apiSecret] });
    const [one, two] = [await rotate(api.app, refreshToken), await rotate(newer, refreshToken)];
    expect(one.refreshToken).toBe(two.refreshToken);
  });
});

describe('a hostile refresh', () => {
  it('without the client credential never rotates', async () => {
    const { refreshToken, token, sessionId } = await registerSomebody(api.app);
    expectRefusal(await request(api.app).post('/api/refresh').send({ refreshToken }), 'invalid_client');
    expectRefusal(
      await asBearer(request(api.app).post('/api/refresh'), token).send({ refreshToken }),
      'invalid_client',
    );
    expect((await rowOf(api.database, sessionId)).generation).toBe(1);
  });

  it.each([
    undefined,
    {},
    { refreshToken: 'v1' },
    { refreshToken: 'null' },
    { refreshToken: '\u0000' },
    { refreshToken: 'é'.repeat(500) },
  ])('finds no token in %j', async (body) => {
    expectRefusal(await asClient(request(api.app).post('/api/refresh')).send(body), 'invalid_refresh_token');
  });

  it.each([{ refreshToken: '' }, { refreshToken: 7 }, { refreshToken: ['x'] }, { refreshToken: 'x'.repeat(1025) }])(
    'is not valid with %j',
    async (body) => {
      expectRefusal(await asClient(request(api.app).post('/api/refresh')).send(body), 'validation_failed');
    },
  );

  it('never moves or ends a session with a forged token', async () => {
    const { refreshToken, sessionId } = await registerSomebody(api.app);
    const stranger = await registerSomebody(api.app);
    const [, , , mac] = refreshToken.split('.');
    const flipped = `${mac?.startsWith('A') ? 'B' : 'A'}${mac?.slice(1)}`;
    const forgeries = [
      `v1.${stranger.sessionId}.1.${mac}`,
      `v1.${sessionId}.2.${mac}`,
      `v1.${sessionId}.0.${mac}`,
      `v1.${sessionId}.1.${flipped}`,
      `v1.${sessionId}.1.${'A'.repeat(43)}`,
      `v1.00000000-0000-4000-8000-000000000000.1.${mac}`,
    ];
    for (const forged of forgeries) expectRefusal(await refresh(api.app, forged), 'invalid_refresh_token');
    for (const id of [sessionId, stranger.sessionId]) {
      expect(await rowOf(api.database, id)).toMatchObject({ generation: 1, revokedAt: null });
    }
  });
});
