import type { Authentication } from '@footbridge/core';
import { errorBody } from '@footbridge/contracts';
import { redirect } from 'next/navigation';
import { describe, expect, it, vi } from 'vitest';
import { createWithSession, type SessionHandler } from '../src/with-session.ts';
import { loggedInCookie, origin, testFootbridge } from './fixture.ts';

const footbridge = testFootbridge();

/** Requests reach the handler with whoever `cookie` is; what it answers is seen here. */
function route(cookie: string | null = null) {
  const authenticate = vi.fn<() => Promise<Authentication>>(() => footbridge.bff().authenticate(cookie));
  const handler = vi.fn<SessionHandler<unknown>>(() => new Response('done', { headers: { 'x-own': 'kept' } }));
  return { authenticate, handler, handle: createWithSession(footbridge, authenticate)(handler) };
}

const request = (method: string, headers: Record<string, string>) =>
  new Request(`${origin}/api/things`, { method, headers, ...(method === 'POST' && { body: 'x' }) });

describe('a request of another site', () => {
  it.each([
    ['a form post', 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour’s post', 'POST', { 'sec-fetch-site': 'same-site', 'x-footbridge': '1' }],
    ['a post out of nowhere', 'POST', { 'sec-fetch-site': 'none' }],
    ['an embedded picture', 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['another origin', 'POST', { origin: 'https://evil.example', 'x-footbridge': '1' }],
    ['a sandboxed frame', 'POST', { origin: 'null' }],
    ['an unmarked script', 'DELETE', {}],
  ])('is refused before anybody looks who it is: %s', async (_what, method, headers) => {
    const { authenticate, handler, handle } = route();
    const response = await handle(request(method, headers), undefined);
    expect(response.status).toBe(403);
    expect(errorBody.parse(await response.json()).code).toBe('cross_site_request');
    expect(authenticate).not.toHaveBeenCalled();
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('a request of our own pages', () => {
  const own = { 'sec-fetch-site': 'same-origin', 'x-request-id': 'request-0001' };

  it.each(['GET', 'POST', 'DELETE'])('reaches the handler with its person: %s', async (method) => {
    const { handler, handle } = route(await loggedInCookie(footbridge));
    const sent = request(method, own);
    const response = await handle(sent, 'context');
    expect(handler).toHaveBeenCalledWith(expect.objectContaining({ user: expect.anything() }), sent, 'context');
    expect(await response.text()).toBe('done');
    expect([response.headers.get('x-own'), response.headers.get('cache-control')]).toEqual([
      'kept',
      'private, no-store',
    ]);
  });

  it('gets 401 without a session', async () => {
    const { handler, handle } = route();
    const response = await handle(request('POST', own), undefined);
    expect(response.status).toBe(401);
    expect(errorBody.parse(await response.json())).toMatchObject({
      code: 'unauthenticated',
      requestId: 'request-0001',
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it('gets a constant 500 when the handler fails', async () => {
    const { handler, handle } = route(await loggedInCookie(footbridge));
    handler.mockRejectedValue(new Error('postgresql://admin:hunter2@db.internal/x'));
    const response = await handle(request('POST', own), undefined);
    expect(response.status).toBe(500);
    const text = JSON.stringify([...response.headers]) + (await response.clone().text());
    expect(text).not.toMatch(/hunter2/);
    expect(errorBody.strict().parse(await response.json())).toMatchObject({
      code: 'internal_error',
      requestId: 'request-0001',
    });
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  it('goes where Next.js redirects it', async () => {
    const { handler, handle } = route(await loggedInCookie(footbridge));
    handler.mockImplementation(() => redirect('/login'));
    await expect(handle(request('POST', own), undefined)).rejects.toThrow('NEXT_REDIRECT');
  });

  it('gets 503 while nobody can tell', async () => {
    const { authenticate, handler, handle } = route();
    authenticate.mockResolvedValue({ kind: 'unavailable' });
    const response = await handle(request('POST', own), undefined);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(errorBody.parse(await response.json()).code).toBe('api_unavailable');
    expect(handler).not.toHaveBeenCalled();
  });
});
