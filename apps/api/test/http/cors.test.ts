import { type ApiEndpoint, apiEndpoints } from '@footbridge/contracts';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { https, sharedDomain } from '../support/browser.ts';
import { expectRefusal } from '../support/contract.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let api: TestApp;
beforeAll(async () => void (api = await startTestApp({ browserPolicy: sharedDomain() })));
afterAll(() => api.close());

const granted = (response: Response): Record<string, string> =>
  Object.fromEntries(Object.entries(response.headers).filter(([name]) => name.startsWith('access-control-')));
const varies = (response: Response): string[] => String(response.headers['vary']).split(', ');

const unlisted = [
  'null',
  'https://app.example.com.evil.test',
  'https://xapp.example.com',
  'https://evil.example.com',
  'https://example.com',
  'https://api.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com:443',
  'https://APP.example.com',
  'HTTPS://app.example.com',
  'https://app.example.com/',
  'https://app.example.com.',
  'https://user@app.example.com',
  'https://app.example.com, https://app.example.com',
  'https://app.example.com https://evil.test',
  '*',
  'https://*.example.com',
];

const answers: readonly [number, 'get' | 'post' | 'delete', string, object?][] = [
  [200, 'get', '/healthz'],
  [200, 'get', '/.well-known/jwks.json'],
  [401, 'get', '/api/verify'],
  [401, 'get', '/api/revocations'],
  [400, 'post', '/api/login', {}],
  [404, 'get', '/nowhere'],
  [405, 'delete', '/api/login'],
];

describe.each(answers)('an answer %i to %s %s', (status, method, path, body) => {
  const ask = (headers: Record<string, string>): request.Test => {
    const test = request(api.app)[method](path).set(headers);
    return body ? test.send(body) : test;
  };

  it('lets the page of a listed origin read it', async () => {
    const response = await ask({ Origin: https.web, 'Sec-Fetch-Site': 'same-site' });
    expect(response.status).toBe(status);
    expect(granted(response)).toEqual({
      'access-control-allow-origin': https.web,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers':
        'X-Request-Id, Retry-After, ETag, Accept-Ranges, Content-Disposition, Content-Length, Content-Range, Content-Digest, Location',
    });
    expect(varies(response)).toContain('Origin');
  });

  it.each(unlisted)('grants %j nothing, and says that others may differ', async (origin) => {
    const response = await ask({ Origin: origin });
    expect(granted(response)).toEqual({});
    expect(varies(response)).toContain('Origin');
  });

  it('varies by origin without one', async () => {
    const response = await ask({});
    expect(granted(response)).toEqual({});
    expect(varies(response)).toContain('Origin');
  });
});

describe('a path that cannot be decoded', () => {
  it('is refused in the same way', async () => {
    const response = await request(api.app).get('/api/%E0%A4%A').set('Origin', https.web);
    expectRefusal(response, 'invalid_request');
    expect(granted(response)).toHaveProperty('access-control-allow-origin', https.web);
    expect(varies(response)).toContain('Origin');
  });
});

const methodsByPath = new Map<string, string[]>();
for (const { path, method } of Object.values<ApiEndpoint>(apiEndpoints)) {
  methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
}

const preflight = (path: string, headers: Record<string, string>): request.Test =>
  request(api.app).options(path.replace(':id', 'any')).set(headers);

describe.each([...methodsByPath])('the preflight of %s', (path, methods) => {
  it('names the methods of the path to a listed origin', async () => {
    const response = await preflight(path, {
      Origin: https.web,
      'Access-Control-Request-Method': methods[0] ?? '',
      'Access-Control-Request-Headers': 'content-type,x-footbridge',
    });
    expect(response.status).toBe(204);
    expect(response.text).toBe('');
    expect(granted(response)).toMatchObject({
      'access-control-allow-origin': https.web,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers':
        'Content-Type, Authorization, X-Footbridge, X-Request-Id, If-Match, If-None-Match, Range, If-Range, Content-Digest, Last-Event-ID, Accept',
      'access-control-max-age': '600',
    });
    expect(varies(response)).toEqual(['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']);
  });
});

describe('a preflight', () => {
  it.each(unlisted)('of %j is refused without a single grant', async (origin) => {
    const response = await preflight('/api/login', { Origin: origin, 'Access-Control-Request-Method': 'POST' });
    expectRefusal(response, 'cross_site_request');
    expect(granted(response)).toEqual({});
    expect(varies(response)).toEqual(['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']);
  });

  it('of an unknown path is not found', async () => {
    const response = await preflight('/nowhere', { Origin: https.web, 'Access-Control-Request-Method': 'GET' });
    expectRefusal(response, 'not_found');
    expect(varies(response)).toContain('Origin');
  });

  it.each([
    ['that names no method', { Origin: https.web }],
    ['without an origin', { 'Access-Control-Request-Method': 'POST' }],
  ])('%s is a method that is not allowed', async (_what, headers) => {
    const response = await preflight('/api/login', headers);
    expectRefusal(response, 'method_not_allowed');
    expect(response.headers['allow']).toBe('POST');
  });

  it('needs no credential and touches no cookie', async () => {
    const response = await preflight('/api/me', { Origin: https.web, 'Access-Control-Request-Method': 'PATCH' });
    expect(response.status).toBe(204);
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('in proxy mode', () => {
  it.each(['/healthz', '/nowhere', '/api/verify'])('%s mentions no origin', async (path) => {
    const proxied = await api.sibling({});
    for (const test of [request(proxied).get(path), request(proxied).options(path)]) {
      const response = await test.set({ Origin: https.web, 'Access-Control-Request-Method': 'GET' });
      expect(granted(response)).toEqual({});
      expect(response.headers['vary']).toBeUndefined();
      expect(response.status).not.toBe(204);
    }
  });
});
