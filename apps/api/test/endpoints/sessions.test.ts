import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { age, logInAgain, refresh, rotate, rowOf } from '../support/sessions.ts';
import { asBearer, asClient, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const list = (token: string): request.Test => asBearer(request(api.app).get('/api/sessions'), token);
const end = (token: string, id: string): request.Test =>
  asBearer(request(api.app).delete(`/api/sessions/${id}`), token);
const logoutAll = (token: string): request.Test => asBearer(request(api.app).post('/api/logout-all'), token);
const verify = (token: string): request.Test => asBearer(request(api.app).get('/api/verify'), token);

describe('GET /api/sessions', () => {
  it('lists live sessions, newest activity first', async () => {
    const first = await registerSomebody(api.app);
    const second = await logInAgain(api.app, first);
    const expired = await logInAgain(api.app, first);
    const ended = await logInAgain(api.app, first);
    await registerSomebody(api.app);
    await age(api.database, first.sessionId, 20);
    await age(api.database, second.sessionId, 10);
    await age(api.database, expired.sessionId, 3601);
    await end(first.token, ended.sessionId).expect(200);

    const response = await list(second.token);
    expectSuccess(response, 'sessions');
    const shown = response.body.data.sessions.map((entry: { id: string; current: boolean }) => [
      entry.id,
      entry.current,
    ]);
    expect(shown).toEqual([
      [second.sessionId, true],
      [first.sessionId, false],
    ]);
    await rotate(api.app, first.refreshToken);
    expect((await list(second.token)).body.data.sessions[0].id).toBe(first.sessionId);
  });

  it('tells where each session is, and no secret', async () => {
    const somebody = await registerSomebody(api.app);
    const { email, password } = somebody;
    const login = asClient(request(api.app).post('/api/login')).set({
      'X-Forwarded-For': '203.0.113.9',
      'User-Agent': 'Lynx',
    });
    await login.send({ email, password }).expect(200);
    const { body, text } = await list(somebody.token);
    expect(body.data.sessions).toContainEqual(expect.objectContaining({ address: '203.0.113.9', userAgent: 'Lynx' }));
    expect(text).not.toMatch(/secret|keyId|generation|revoked/);
  });
});

describe('DELETE /api/sessions/:id', () => {
  it('ends another session of one’s own', async () => {
    const here = await registerSomebody(api.app);
    const there = await logInAgain(api.app, here);
    expectSuccess(await end(here.token, there.sessionId), 'endSession');
    expect((await rowOf(api.database, there.sessionId)).revokedReason).toBe('ended_by_user');
    expectRefusal(await list(there.token), 'session_revoked');
    expectRefusal(await refresh(api.app, there.refreshToken), 'session_revoked');
    await verify(here.token).expect(200);
  });

  it('ends the very session that asks', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    expectSuccess(await end(token, sessionId), 'endSession');
    expectRefusal(await list(token), 'session_revoked');
  });

  it('knows nobody else’s session', async () => {
    const [mine, theirs] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    expectRefusal(await end(mine.token, theirs.sessionId), 'not_found');
    expect((await rowOf(api.database, theirs.sessionId)).revokedAt).toBeNull();
  });

  it.each([
    randomUUID(),
    'x',
    '%00',
    "'--",
    '%F0%9F%98%80',
    'a'.repeat(2000),
    '00000000-0000-0000-0000-00000000000g',
    '..%2F..',
  ])('answers 404 for the id %s', async (id) => {
    const { token } = await registerSomebody(api.app);
    expectRefusal(await end(token, id), 'not_found');
  });

  it('answers 404 the second time', async () => {
    const here = await registerSomebody(api.app);
    const there = await logInAgain(api.app, here);
    await end(here.token, there.sessionId).expect(200);
    expectRefusal(await end(here.token, there.sessionId), 'not_found');
  });
});

describe('POST /api/logout-all', () => {
  it('ends every session of the user and of nobody else', async () => {
    const first = await registerSomebody(api.app);
    const second = await logInAgain(api.app, first);
    const stranger = await registerSomebody(api.app);
    expectSuccess(await logoutAll(second.token), 'logoutAll');
    for (const { token, refreshToken } of [first, second]) {
      expectRefusal(await verify(token), 'session_revoked');
      expectRefusal(await refresh(api.app, refreshToken), 'session_revoked');
    }
    await verify(stranger.token).expect(200);
    expectRefusal(await logoutAll(first.token), 'session_revoked');
  });

  it('asks for a bearer, not for a refresh token', async () => {
    const { refreshToken } = await registerSomebody(api.app);
    expectRefusal(await request(api.app).post('/api/logout-all').send({ refreshToken }), 'missing_token');
  });
});
