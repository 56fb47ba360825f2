import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { errorAnswers } from '../../src/http/errors.ts';
import { createLogger } from '../../src/log.ts';
import { Refusal } from '../../src/refusal.ts';
import { expectRefusal } from '../support/contract.ts';
import { listenRaw } from '../support/raw.ts';
import { asClient, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const rejection = async (error: unknown): Promise<never> => {
  throw error;
};

const failing = (error: unknown) =>
  createApp({ ...api.services, users: { ...api.services.users, login: () => rejection(error) } });

const login = (app: ReturnType<typeof createApp>): request.Test =>
  asClient(request(app).post('/api/login')).send({ email: 'ada@example.com', password: 'x' });

describe('an unexpected error', () => {
  const secret = 'postgresql://admin:hunter2@db.internal/x';

  it.each([
    ['an error', new Error(secret)],
    ['an error that claims a status', Object.assign(new Error(secret), { status: 418, expose: true })],
    ['a string', secret],
    ['nothing', undefined],
    ['an object', { message: secret, status: 200 }],
  ])('becomes a constant 500 when it is %s', async (_what, error) => {
    const response = await login(failing(error));
    expectRefusal(response, 'internal_error');
    expect(JSON.stringify([response.body, response.headers])).not.toMatch(/hunter2|internal\/x|at /);
  });

  it('says when to come back after a refusal for now', async () => {
    const response = await login(failing(new Refusal('service_unavailable', { retryAfterSeconds: 2 })));
    expectRefusal(response, 'service_unavailable');
    expect(response.headers['retry-after']).toBe('2');
  });
});

describe('an error in the middle of an answer', () => {
  it('cuts it, and writes nothing to the console', async () => {
    const app = express();
    app.get('/', (_request, response) => {
      response.write('half of it');
      throw new Error('postgresql://admin:hunter2@db.internal/x');
    });
    app.use(errorAnswers(createLogger('silent')));
    const written = vi.spyOn(console, 'error');
    const server = await listenRaw(app);
    const { body } = await server.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await server.close();
    expect(body).not.toMatch(/0\r\n\r\n$|hunter2/);
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });
});

describe('what Node.js refuses before there is a request', () => {
  it.each([
    ['an endless path', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['endless headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a header with a line break in its name', 'GET / HTTP/1.1\r\nHost: x\r\nA\nB: c\r\n\r\n', 400],
  ])('is told so without a page: %s', async (_what, bytes, status) => {
    const server = await listenRaw(api.app);
    const answer = await server.send(bytes);
    await server.close();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/^0?$/); // an empty chunk, at most
  });
});
