import { NextRequest } from 'next/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProxy } from '../src/proxy.ts';
import { loggedInCookie, origin, testFootbridge } from './fixture.ts';

const footbridge = testFootbridge();
const proxy = createProxy(footbridge);
const page = (path: string, headers: Record<string, string> = {}) =>
  new NextRequest(`${origin}${path}`, { headers: { accept: 'text/html', ...headers } });

/** What Next.js hands on to the page: the headers in `x-middleware-request-*`. */
function handedOn(response: Response, name: string): string | null {
  return response.headers.get(`x-middleware-request-${name}`);
}

describe('a request without a session', () => {
  it('is redirected to a location that Next.js parses', async () => {
    const response = await proxy(page('/private?tab=2'));
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${origin}/login?returnTo=%2Fprivate%3Ftab%3D2`);
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  it('is never sent to the host that a header names', async () => {
    const response = await proxy(page('/private', { host: 'evil.example', 'x-forwarded-host': 'evil.example' }));
    expect(response.headers.get('location')).toBe(`${origin}/login?returnTo=%2Fprivate`);
  });

  it('gets 401 when it is a script', async () => {
    const response = await proxy(page('/private', { accept: 'application/json' }));
    expect(response.status).toBe(401);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.json()).toMatchObject({ success: false, code: 'unauthenticated' });
  });

  it('passes to a public page as nobody', async () => {
    const response = await proxy(page('/login', { 'x-footbridge-user': 'admin', 'x-footbridge-role': 'admin' }));
    expect(response.headers.get('x-middleware-next')).toBe('1');
    expect(handedOn(response, 'x-footbridge-user')).toBeNull();
    expect(handedOn(response, 'x-footbridge-role')).toBeNull();
  });
});

describe('a request with a session', () => {
  let cookie = '';
  beforeAll(async () => {
    cookie = await loggedInCookie(footbridge);
  });

  it('passes with verified headers, not the client’s', async () => {
    const response = await proxy(page('/private', { cookie, 'x-footbridge-user': 'admin', 'x-footbridge-evil': '1' }));
    expect(response.headers.get('x-middleware-next')).toBe('1');
    expect(handedOn(response, 'x-footbridge-user')).toBe('user-1');
    expect(handedOn(response, 'x-footbridge-path')).toBe('/private');
    expect(handedOn(response, 'x-footbridge-evil')).toBeNull();
    expect(handedOn(response, 'cookie')).toBe(cookie);
  });

  it('is answered with nothing to store or to set', async () => {
    const response = await proxy(page('/private', { cookie }));
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get('x-footbridge-user')).toBeNull();
  });

  it('gets 503 while nobody can verify it', async () => {
    const blind = testFootbridge({
      fetch: async () => {
        throw new TypeError('fetch failed');
      },
    });
    const response = await createProxy(blind)(page('/private', { cookie }));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
