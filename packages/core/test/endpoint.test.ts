import { errorBody } from '@footbridge/contracts';
import { describe, expect, it } from 'vitest';
import { createEndpoint } from '../src/endpoint.ts';
import { collect, type LogLine, publicOrigin, scriptRequest, testBff } from './fixtures/bff.ts';
import { unobserved } from '../src/observer.ts';

const routes = [
  ['login', 'POST'],
  ['register', 'POST'],
  ['logout', 'POST'],
  ['session', 'GET, HEAD'],
  ['refresh', 'GET, HEAD, POST'],
] as const;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

describe('methods', () => {
  it.each(routes)('of %s are %s only', async (route, allow) => {
    const refused = methods.filter((method) => !allow.includes(method));
    for (const method of refused) {
      const response = await testBff().bff[route].handle(scriptRequest(`/api/${route}`, { method }));
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, allow]);
    }
  });

  it('leave no registration where the API takes none', async () => {
    const { bff } = testBff({ api: { login: async () => ({ kind: 'unavailable', reason: 'unused' }) } });
    expect((await bff.register.handle(scriptRequest('/api/register', { method: 'POST' }))).status).toBe(405);
  });

  it('find nothing on unknown routes', async () => {
    for (const method of methods) {
      const response = await testBff().bff.notFound.handle(scriptRequest('/api/nothing', { method }));
      expect(response.status).toBe(404);
    }
  });
});

describe('requests from another site', () => {
  it.each(routes)('are refused by %s before any cookie is read', async (route, allow) => {
    const test = testBff();
    const request = scriptRequest(`/api/${route}`, {
      method: allow.includes('POST') ? 'POST' : 'GET',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    const response = await test.bff[route].handle(request);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.json()).toMatchObject({ code: 'cross_site_request' });
    expect(test.api.requests).toEqual([]);
    expect(test.lines).toMatchObject([{ event: 'cross_site_request', details: { reason: 'sec_fetch_site' } }]);
  });
});

describe('every answer', () => {
  it.each([
    ['adopted', 'balancer-id.1', 'balancer-id.1'],
    ['made when absent', null, 'made-request-id'],
    ['adopted however short', 'a-1', 'a-1'],
    ['made when it needs quoting', 'a"b c=<script>', 'made-request-id'],
    ['made when too long', 'a'.repeat(129), 'made-request-id'],
  ])('has a request id: %s', async (_name, presented, expected) => {
    const { bff } = testBff();
    const headers = presented === null ? {} : { 'x-request-id': presented };
    for (const endpoint of [bff.session, bff.notFound, bff.login]) {
      const response = await endpoint.handle(scriptRequest('/api/session', { headers }));
      expect(response.headers.get('x-request-id')).toBe(expected);
      expect(response.headers.get('cache-control')).toBe('private, no-store');
    }
  });

  it('to HEAD has headers and no body', async () => {
    const response = await testBff().bff.session.handle(scriptRequest('/api/session', { method: 'HEAD' }));
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('exceptions', () => {
  it('end in a constant body and a line without the message', async () => {
    const lines: LogLine[] = [];
    const secret = 'the-access-token';
    const endpoint = createEndpoint(
      { GET: () => Promise.reject(new TypeError(`cannot use ${secret}`)) },
      { publicOrigin, logger: collect(lines), observe: unobserved, newRequestId: () => 'made-request-id' },
    );
    const response = await endpoint.handle(scriptRequest('/api/session'));
    const body: unknown = await response.json();
    expect(response.status).toBe(500);
    expect(errorBody.parse(body).code).toBe('internal_error');
    expect(lines).toMatchObject([{ level: 'error', event: 'internal_error', details: { error: 'TypeError' } }]);
    expect(JSON.stringify([body, lines])).not.toContain(secret);
  });
});
