import { Writable } from 'node:stream';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../src/log.ts';
import { watchLog } from './support/log-watch.ts';
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

  it.each([
    ['10 kB', 'x'.repeat(10_000)],
    ['a tab', 'id-with-a-\ttab'],
    ['a line of log', '{"level":30,"msg":"login_succeeded"}'],
    ['129 characters', 'x'.repeat(129)],
  ])('replaces a request id of %s', async (_what, id) => {
    text = '';
    const response = await request(api.app).get('/healthz').set('X-Request-Id', id);
    const [line, ...others] = lines();
    expect(others).toEqual([]);
    expect(line?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers['x-request-id']).toBe(line?.['requestId']);
  });

  it('keeps what a thrown error carries to itself', () => {
    text = '';
    const error = Object.assign(new Error('the query failed'), { meta: { args: ['hunter2-in-meta'] } });
    createLogger('info', sink).error({ err: error, password: 'hunter2', body: { token: 'hunter2-token' } }, 'failed');
    expect(lines()).toMatchObject([{ err: { type: 'Error', message: 'the query failed' }, msg: 'failed' }]);
    expect(text).not.toContain('hunter2');
  });
});

describe('the watch over the log of every test app', () => {
  it.each([
    ['a password', (secret: string) => ({ words: `it was ${secret}` })],
    ['a password in a URL', (secret: string) => ({ url: `/login?with=${encodeURIComponent(secret)}` })],
    ['a password in base64', (secret: string) => ({ value: Buffer.from(secret).toString('base64') })],
  ])('finds %s', (_what, details) => {
    const watch = watchLog();
    watch.note('correct horse "battery"');
    watch.logger.info({ words: 'nothing of interest' }, 'event');
    expect(() => watch.expectNoSecret()).not.toThrow();
    watch.logger.trace(details('correct horse "battery"'), 'event');
    expect(() => watch.expectNoSecret()).toThrow('the log holds a secret');
  });
});
