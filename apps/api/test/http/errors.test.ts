import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { Refusal } from '../../src/refusal.ts';
import { expectRefusal } from '../support/contract.ts';
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
