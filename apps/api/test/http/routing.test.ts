import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/contract.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const houseHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};
const unwantedHeaders = ['x-powered-by', 'etag', 'set-cookie', 'access-control-allow-origin'];

describe('every answer', () => {
  it.each(['/healthz', '/nowhere', '/api/verify', '/.well-known/jwks.json'])(
    'to %s carries the house headers',
    async (path) => {
      const { headers } = await request(api.app).get(path);
      expect(headers).toMatchObject({ ...houseHeaders, 'x-request-id': expect.any(String) });
      for (const unwanted of [...unwantedHeaders, 'strict-transport-security']) {
        expect(headers).not.toHaveProperty(unwanted);
      }
    },
  );

  it('promises https where the public origin has it', async () => {
    const app = await api.sibling({ publicOrigin: 'https://api.example.com' });
    for (const path of ['/healthz', '/nowhere', '/api/verify']) {
      const { headers } = await request(app).get(path);
      expect(headers).toMatchObject({
        ...houseHeaders,
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      });
    }
  });

  it('adopts a sane request id', async () => {
    const id = randomUUID();
    const response = await request(api.app).get('/nowhere').set('X-Request-Id', id);
    expect(response.headers['x-request-id']).toBe(id);
    expect(response.body.requestId).toBe(id);
  });

  it.each(['with space in it', 'a'.repeat(129), '"quoted-id"'])('replaces the request id %j', async (id) => {
    const { headers } = await request(api.app).get('/healthz').set('X-Request-Id', id);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('methods', () => {
  it.each([
    ['/api/me', 'GET, HEAD, PATCH'],
    ['/api/verify', 'GET, HEAD, POST'],
    ['/api/login', 'POST'],
    ['/readyz', 'GET, HEAD'],
  ])('of %s are named by Allow', async (path, allow) => {
    const response = await request(api.app).delete(path);
    expectRefusal(response, 'method_not_allowed');
    expect(response.headers['allow']).toBe(allow);
  });

  it('answers HEAD as GET without a body', async () => {
    const { status, text } = await request(api.app).head('/.well-known/jwks.json');
    expect({ status, text }).toEqual({ status: 200, text: undefined });
  });

  it('grants no other origin anything', async () => {
    const preflight = request(api.app).options('/api/login').set('Origin', 'https://evil.example');
    const response = await preflight.set('Access-Control-Request-Method', 'POST');
    expectRefusal(response, 'method_not_allowed');
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
