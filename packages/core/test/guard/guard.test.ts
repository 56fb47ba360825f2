import { describe, expect, it } from 'vitest';
import type { GuardDecision } from '../../src/index.ts';
import { loggedIn, publicOrigin, type TestBff, testBff } from '../fixtures/bff.ts';
import { json, tokens } from '../fixtures/fake-api.ts';
import { claims, mint } from '../fixtures/issuer.ts';

const page = { accept: 'text/html', 'sec-fetch-dest': 'document' };
const script = { accept: 'application/json' };

function visit(test: TestBff, path: string, init: RequestInit = {}): Promise<GuardDecision> {
  return test.bff.guard(new Request(`${publicOrigin}${path}`, { headers: page, ...init }));
}

async function answer(decision: Promise<GuardDecision>): Promise<Response> {
  const made = await decision;
  if (made.kind === 'pass') throw new Error('the guard let the request pass');
  expect(made.response.headers.get('cache-control')).toBe('private, no-store');
  expect(made.response.headers.getSetCookie()).toEqual([]);
  return made.response;
}

async function passed(decision: Promise<GuardDecision>): Promise<Headers> {
  const made = await decision;
  if (made.kind === 'respond') throw new Error(`the guard answered ${made.response.status}`);
  return made.requestHeaders;
}

const ours = (headers: Headers) => Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-footbridge')));

describe('the guard without a session', () => {
  it.each([
    ['/private', '/login?returnTo=%2Fprivate'],
    ['/private/notes?page=2&q=a%20b', '/login?returnTo=%2Fprivate%2Fnotes%3Fpage%3D2%26q%3Da%2520b'],
    ['/private?_rsc=1a2b', '/login?returnTo=%2Fprivate'],
    ['/private?a=1&_rsc=1a2b&b=2', '/login?returnTo=%2Fprivate%3Fa%3D1%26b%3D2'],
    ['/unknown', '/login?returnTo=%2Funknown'],
    ['/login/x', '/login?returnTo=%2Flogin%2Fx'],
    ['//evil.example/x', '/login'],
    ['/api/secret', '/login'],
    [`/private?${'a'.repeat(2_100)}`, '/login'],
  ])('sends a person from %s to %s', async (path, location) => {
    const response = await answer(visit(testBff(), path));
    expect([response.status, response.headers.get('location')]).toEqual([307, location]);
  });

  it('redirects within the site whatever host is claimed', async () => {
    const request = new Request('http://0.0.0.0:3000/private', {
      headers: { ...page, 'x-forwarded-host': 'evil.example' },
    });
    const response = await answer(testBff().bff.guard(request));
    expect(response.headers.get('location')).toBe('/login?returnTo=%2Fprivate');
  });

  it('sends a form to the login page with 303', async () => {
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    const response = await answer(visit(testBff(), '/private', { method: 'POST', body: 'a=b', headers }));
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login']);
  });

  it('tells a script 401 in JSON', async () => {
    const response = await answer(visit(testBff(), '/private', { headers: script }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ success: false, code: 'unauthenticated' });
  });

  it('lets everybody see public pages, without verifying', async () => {
    const test = testBff();
    for (const path of ['/', '/login', '/register?error=email_taken', '/login/']) {
      const cookie = '__Host-Http-session=garbage';
      expect(ours(await passed(visit(test, path, { headers: { ...page, cookie } })))).toEqual({
        'x-footbridge-path': path,
      });
    }
    expect(test.api.requests).toEqual([]);
  });
});

describe('the guard with a session', () => {
  it('passes on what it verified', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const headers = await passed(visit(test, '/private?a=1&_rsc=x', { headers: { ...page, cookie } }));
    expect(ours(headers)).toEqual({
      'x-footbridge-path': '/private?a=1',
      'x-footbridge-role': 'USER',
      'x-footbridge-session': 'session-1',
      'x-footbridge-user': 'user-1',
    });
    expect([headers.get('cookie'), headers.get('accept')]).toEqual([cookie, 'text/html']);
    expect(headers.get('x-request-id')).toBe('made-request-id');
  });

  it('deletes what a client pretends to be', async () => {
    const test = testBff();
    const pretended = { 'x-footbridge-user': 'admin', 'X-Footbridge-Role': 'ADMIN', 'x-footbridge-future': '1' };
    const headers = { ...page, ...pretended, 'x-footbridge': '1', cookie: await loggedIn(test) };
    const verified = ours(await passed(visit(test, '/private', { headers })));
    expect(verified).toMatchObject({ 'x-footbridge-user': 'user-1', 'x-footbridge-role': 'USER', 'x-footbridge': '1' });
    expect(verified).not.toHaveProperty('x-footbridge-future');
    expect(ours(await passed(visit(test, '/', { headers })))).toEqual({
      'x-footbridge': '1',
      'x-footbridge-path': '/',
    });
  });

  it('carries a role that no header can hold', async () => {
    const test = testBff();
    const token = await mint({ payload: { ...claims, role: 'rôle\r\nx: 管理' } });
    test.api.answers.set('/api/login', async () => json(200, await tokens({ token })));
    const headers = { ...page, cookie: await loggedIn(test) };
    const role = (await passed(visit(test, '/private', { headers }))).get('x-footbridge-role');
    expect(decodeURIComponent(role ?? '')).toBe('rôle\r\nx: 管理');
  });
});

describe('the guard before the keys were ever fetched', () => {
  it('answers 503, never a pass and never a logout', async () => {
    const cookie = await loggedIn(testBff());
    const restarted = testBff();
    restarted.api.answers.clear();
    const forPerson = await answer(visit(restarted, '/private', { headers: { ...page, cookie } }));
    expect([forPerson.status, forPerson.headers.get('retry-after')]).toEqual([503, '5']);
    expect(forPerson.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await forPerson.text()).toContain('try again');

    const forScript = await answer(visit(restarted, '/private', { headers: { ...script, cookie } }));
    expect([forScript.status, forScript.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await forScript.json()).toMatchObject({ code: 'api_unavailable' });
  });
});
