import { jwks } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../support/contract.ts';
import { asBearer, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const headerOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

describe('GET /.well-known/jwks.json', () => {
  it('publishes the key that tokens name, publicly cacheable', async () => {
    const response = await request(api.app).get('/.well-known/jwks.json');
    expectSuccess(response, 'jwks');
    const { keys } = jwks.parse(response.body);
    const { token } = await registerSomebody(api.app);
    expect(headerOf(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keys[0]?.kid });
    expect(response.headers['cache-control']).toBe('public, max-age=60');
  });

  it('publishes nothing of a shared secret', async () => {
    const shared = await api.sibling({ sharedSecret: 'a shared secret of thirty-two bytes' });
    const { body } = await request(shared).get('/.well-known/jwks.json').expect(200);
    expect(body).toEqual({ keys: [] });
    const { token } = await registerSomebody(shared);
    expect(headerOf(token)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'hs256' });
    await asBearer(request(shared).get('/api/verify'), token).expect(200);
    await asBearer(request(api.app).get('/api/verify'), token).expect(401);
  });
});

describe('health', () => {
  it('answers alive and ready', async () => {
    expectSuccess(await request(api.app).get('/healthz'), 'liveness');
    expectSuccess(await request(api.app).get('/readyz'), 'readiness');
  });
});
