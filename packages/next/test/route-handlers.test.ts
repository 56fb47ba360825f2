import { describe, expect, it } from 'vitest';
import { routeHandlers } from '../src/route-handlers.ts';
import { person, scriptRequest, testFootbridge } from './fixture.ts';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;
const endpoints = [
  { name: 'login', right: ['POST'] },
  { name: 'register', right: ['POST'] },
  { name: 'logout', right: ['POST'] },
  { name: 'refresh', right: ['GET', 'HEAD', 'POST'] },
  { name: 'session', right: ['GET', 'HEAD'] },
] as const;

const wrongMethods = endpoints.flatMap(({ name, right }) => {
  const rightOnes = new Set<string>(right);
  return methods.filter((method) => !rightOnes.has(method)).map((method) => ({ name, method, allow: right[0] }));
});

describe('routeHandlers', () => {
  it('exports every method that a route can have', () => {
    expect(Object.keys(routeHandlers(testFootbridge(), 'login')).toSorted()).toEqual(methods);
  });

  it.each(wrongMethods)('answers $method on $name with 405 and Allow', async ({ name, method, allow }) => {
    const handlers = routeHandlers(testFootbridge(), name);
    const response = await handlers[method](scriptRequest(`/api/${name}`, { method }));
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain(allow);
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  it.each(methods)('answers %s on an unknown path with 404', async (method) => {
    const response = await routeHandlers(testFootbridge(), 'notFound')[method](
      scriptRequest('/api/nowhere', { method }),
    );
    expect(response.status).toBe(404);
  });

  it('logs in, sets one cookie, shows no token', async () => {
    const { POST } = routeHandlers(testFootbridge(), 'login');
    const response = await POST(scriptRequest('/api/login', { method: 'POST', body: JSON.stringify(person) }));
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toHaveLength(1);
    const body: unknown = await response.json();
    expect(body).toEqual({
      success: true,
      message: expect.any(String),
      data: { user: { id: 'user-1', email: person.email, name: 'Ada', role: 'user' } },
    });
  });
});
