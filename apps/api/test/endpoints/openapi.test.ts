import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenApiDocument } from '../../src/openapi/document.ts';
import { sharedDomain } from '../support/browser.ts';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp()));
afterAll(() => api.close());

const ask = (): request.Test => request(api.app).get('/openapi.json');

describe('GET /openapi.json', () => {
  it('publishes what this instance answers to what', async () => {
    const response = await ask();
    expectSuccess(response, 'openApi');
    const { publicOrigin: origin } = api.services;
    expect(response.text).toBe(JSON.stringify(createOpenApiDocument({ origin, cookieNames: undefined })));
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=60',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    });
  });

  it('describes another mode otherwise', async () => {
    const shared = await api.sibling({ browserPolicy: sharedDomain() });
    const { body } = await request(shared).get('/openapi.json').expect(200);
    expect(Object.keys(body.components.securitySchemes)).toEqual(['client', 'bearer', 'accessCookie', 'refreshCookie']);
  });

  it('sends nothing to who has it', async () => {
    const { headers } = await ask();
    const again = await ask().set('If-None-Match', String(headers['etag']));
    expect({ status: again.status, text: again.text, etag: again.headers['etag'] }).toEqual({
      status: 304,
      text: '',
      etag: headers['etag'],
    });
    expect((await ask().set('If-None-Match', '"another"')).status).toBe(200);
  });

  it('is only read', async () => {
    const response = await request(api.app).post('/openapi.json').send({});
    expectRefusal(response, 'method_not_allowed');
    expect(response.headers['allow']).toBe('GET, HEAD');
  });
});
