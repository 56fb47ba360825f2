import { Writable } from 'node:stream';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../src/log.ts';
import { asBearer, asClient, basic, policy, registerSomebody, startTestApp, type TestApp } from './support/test-app.ts';

let api: TestApp;
let text = '';
const sink = new Writable({
  write(chunk, _encoding, done) {
    text += String(chunk);
    done();
  },
});
const lines = (): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));

beforeAll(async () => void (api = await startTestApp({ logger: createLogger('trace', sink) })));
afterAll(() => api.close());

describe('the log', () => {
  it('tells a journey by events, ids and route patterns', async () => {
    text = '';
    const { email, password, token, user, sessionId } = await registerSomebody(api.app);
    await asClient(request(api.app).post('/api/login?secret=in-the-query')).send({ email, password: 'not it at all' });
    const { body } = await asClient(request(api.app).post('/api/login')).send({ email, password });
    await asBearer(request(api.app).post('/api/logout'), body.token).set('X-Request-Id', 'the-last-request');
    await request(api.app).get(`/nowhere/${token}`);

    const events = lines().filter((line) => line['msg'] !== 'request');
    expect(events).toMatchObject([
      { msg: 'user_registered', userId: user.id, sessionId },
      { msg: 'login_failed', userId: user.id },
      { msg: 'login_succeeded', userId: user.id, sessionId: body.data.session.id },
      { msg: 'session_ended', sessionId: body.data.session.id, reason: 'logout' },
    ]);
    expect(events.map((line) => typeof line['requestId'])).toEqual(Array.from(events, () => 'string'));
    const requests = lines().filter((line) => line['msg'] === 'request');
    expect(requests).toMatchObject([
      { method: 'POST', route: '/api/register', status: 201 },
      { method: 'POST', route: '/api/login', status: 401 },
      { method: 'POST', route: '/api/login', status: 200 },
      { method: 'POST', route: '/api/logout', status: 200, requestId: 'the-last-request' },
      { method: 'GET', route: 'none', status: 404 },
    ]);
    const secrets = [email, password, 'not it at all', token, body.token, body.refreshToken, policy.client.secret];
    for (const secret of [...secrets, 'in-the-query', basic(policy.client.id, policy.client.secret).slice(6)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('keeps what a thrown error carries to itself', () => {
    text = '';
    const error = Object.assign(new Error('the query failed'), { meta: { args: ['hunter2-in-meta'] } });
    createLogger('info', sink).error({ err: error, password: 'hunter2', body: { token: 'hunter2-token' } }, 'failed');
    expect(lines()).toMatchObject([{ err: { type: 'Error', message: 'the query failed' }, msg: 'failed' }]);
    expect(text).not.toContain('hunter2');
  });
});
