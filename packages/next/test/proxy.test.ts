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

function policyOf(response: Response): string {
  return response.headers.get('content-security-policy') ?? '';
}

function nonceOf(response: Response): string {
  return /'nonce-([A-Za-z0-9+/]+={0,2})'/.exec(policyOf(response))?.[1] ?? '';
}

describe('a page with a policy', () => {
  const policed = createProxy(footbridge, {
    contentSecurityPolicy: (nonce) => `script-src 'nonce-${nonce}' 'strict-dynamic'; default-src 'none'`,
  });

  it('has 128 bits of its own each time', async () => {
    const nonces = await Promise.all(Array.from({ length: 50 }, async () => nonceOf(await policed(page('/login')))));
    expect(new Set(nonces).size).toBe(50);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  });

  it('tells Next.js what it tells the browser', async () => {
    const response = await policed(page('/login'));
    expect(handedOn(response, 'content-security-policy')).toBe(policyOf(response));
    expect(handedOn(response, 'x-nonce')).toBe(nonceOf(response));
  });

  it.each([
    { 'content-security-policy': "script-src 'nonce-Y2hvc2Vu'" },
    { 'content-security-policy-report-only': "script-src 'nonce-Y2hvc2Vu'" },
    { 'x-nonce': 'Y2hvc2Vu' },
    { 'X-Nonce': 'Y2hvc2Vu', 'Content-Security-Policy': "default-src 'nonce-Y2hvc2Vu'" },
  ])('takes no nonce from a client that sends %o', async (sent) => {
    for (const handler of [policed, proxy]) {
      const response = await handler(page('/login', sent));
      expect(JSON.stringify([...response.headers])).not.toContain('Y2hvc2Vu');
      const overridden = response.headers.get('x-middleware-override-headers')?.split(',') ?? [];
      expect(overridden).not.toContain('content-security-policy-report-only');
    }
  });

  it('refuses without a nonce', async () => {
    const response = await policed(page('/private'));
    expect(policyOf(response)).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});

describe('the headers of a page', () => {
  it('say what every answer says', async () => {
    const { headers } = await proxy(page('/login'));
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.has('strict-transport-security')).toBe(false);
  });

  it('promise https where the public origin has it', async () => {
    const secure = createProxy(testFootbridge({ publicOrigin: 'https://app.example.com' }));
    const { headers } = await secure(page('/login'));
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  });
});
