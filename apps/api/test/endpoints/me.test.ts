import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const read = (token: string): request.Test => asBearer(request(api.app).get('/api/me'), token);
const change = (token: string, body: object): request.Test =>
  asBearer(request(api.app).patch('/api/me'), token).send(body);

describe('GET /api/me', () => {
  it('answers the user as stored', async () => {
    const { token, user } = await registerSomebody(api.app);
    await api.database.user.update({ where: { id: user.id }, data: { role: 'admin' } });
    const response = await read(token);
    expectSuccess(response, 'me');
    expect(response.body.data.user).toEqual({ ...user, role: 'admin' });
  });

  it('reads the session row', async () => {
    const { token } = await registerSomebody(api.app);
    await asBearer(request(api.app).post('/api/logout'), token).expect(200);
    expectRefusal(await read(token), 'session_revoked');
  });
});

describe('PATCH /api/me', () => {
  it('changes and removes the name', async () => {
    const { token, user } = await registerSomebody(api.app);
    const renamed = await change(token, { name: '  Ada  ' });
    expectSuccess(renamed, 'changeProfile');
    expect(renamed.body.data.user).toEqual({ ...user, name: 'Ada' });
    const removed = await change(token, { name: null });
    expect(removed.body.data.user.name).toBeNull();
    expect((await read(token)).body.data.user.name).toBeNull();
  });

  it('changes nothing else', async () => {
    const { token, user } = await registerSomebody(api.app);
    const { body } = await change(token, { name: 'Ada', email: 'eve@example.com', role: 'admin', id: 'x' });
    expect(body.data.user).toEqual({ ...user, name: 'Ada' });
  });

  it('judges the token before the body', async () => {
    expectRefusal(await request(api.app).patch('/api/me').send({ name: '' }), 'missing_token');
  });

  it.each([[{}], [{ name: '' }], [{ name: 'a'.repeat(101) }], [{ name: 'a\u0000b' }], [{ name: ['Ada'] }]])(
    'refuses %j',
    async (body) => {
      const { token } = await registerSomebody(api.app);
      expectRefusal(await change(token, body), 'validation_failed');
    },
  );
});
