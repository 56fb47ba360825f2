import { describe, expect, it } from 'vitest';
import { type AuthApiOptions, createAuthApi } from '../../src/index.ts';
import { collect, type LogLine } from '../fixtures/bff.ts';
import { fakeApi, json, tokens } from '../fixtures/fake-api.ts';

const credentials = { email: 'ada@example.com', password: 'correct horse' };
const from = { requestId: 'request-1', address: '203.0.113.9', userAgent: 'Browser/1.0' };

function setUp(changes: Partial<AuthApiOptions> = {}) {
  const fake = fakeApi();
  const lines: LogLine[] = [];
  const options = { url: 'http://127.0.0.1:4000', clientId: 'web', clientSecret: 'secret', logger: collect(lines) };
  return { fake, lines, api: createAuthApi({ ...options, fetch: fake.fetch, ...changes }) };
}

const error = (code: string) => ({ success: false, code, message: 'no', requestId: 'request-1' });

describe('what is sent to the API', () => {
  it('names client, request and end user', async () => {
    const { api, fake } = setUp();
    expect(await api.login(credentials, from)).toEqual({ kind: 'ok', value: await matchingTokens() });
    const [request] = fake.requests;
    expect(request?.url).toBe('http://127.0.0.1:4000/api/login');
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json',
      authorization: `Basic ${btoa('web:secret')}`,
      'content-type': 'application/json',
      'user-agent': 'Browser/1.0',
      'x-forwarded-for': '203.0.113.9',
      'x-request-id': 'request-1',
    });
    expect(await request?.json()).toEqual(credentials);
    expect([request?.redirect, request?.cache]).toEqual(['manual', 'no-store']);
  });

  it('names no address that is not known', async () => {
    const { api, fake } = setUp();
    await api.login(credentials, { requestId: 'request-1' });
    expect(fake.requests[0]?.headers.has('x-forwarded-for')).toBe(false);
  });

  it('encodes what a credential may not contain', async () => {
    const { api, fake } = setUp({ clientId: 'we:b', clientSecret: 'ü b+c' });
    await api.login(credentials, from);
    expect(fake.requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa('we%3Ab:%C3%BC+b%2Bc')}`);
  });

  it('ends a session with both of its tokens', async () => {
    const { api, fake } = setUp();
    const result = await api.logout?.({ accessToken: 'a.b.c', refreshToken: 'v1.x' }, from);
    expect(result).toEqual({ kind: 'ok', value: undefined });
    expect(fake.requests[0]?.headers.get('authorization')).toBe('Bearer a.b.c');
    expect(await fake.requests[0]?.json()).toEqual({ refreshToken: 'v1.x' });
  });
});

describe('what the API answers', () => {
  it.each([
    [401, 'invalid_credentials'],
    [409, 'email_taken'],
    [429, 'rate_limited'],
    [400, 'validation_failed'],
  ])('passes on its %i %s', async (status, code) => {
    const { api, fake } = setUp();
    const errors = [{ path: 'email', message: 'no' }];
    fake.answers.set('/api/login', () => json(status, { ...error(code), errors }, { 'retry-after': '17' }));
    expect(await api.login(credentials, from)).toEqual({
      kind: 'refused',
      status,
      code,
      message: 'no',
      errors,
      retryAfter: '17',
    });
  });

  it.each<readonly [string, () => Response | Promise<Response>]>([
    ['a server error', () => json(500, error('internal_error'))],
    ['a server error in a refusal\u2019s clothes', () => json(503, error('invalid_credentials'))],
    ['a wrong client credential', () => json(401, error('invalid_client'))],
    ['a wrong address', () => json(404, error('not_found'))],
    ['a wrong method', () => json(405, error('method_not_allowed'))],
    ['an unknown code', () => json(401, error('made_up'))],
    ['an error page', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['a success page', () => new Response('<h1>Welcome</h1>', { status: 200 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['no content', () => new Response(null, { status: 204 })],
    ['broken JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } })],
    ['JSON that is no answer', () => json(200, { success: true })],
    ['an answer without a refresh token', async () => json(200, { ...(await tokens()), refreshToken: undefined })],
    ['an answer that never lasts', async () => json(200, await tokens({ refreshExpiresIn: 0 }))],
    ['an answer too long', async () => json(200, await tokens({ token: 'a'.repeat(70_000) }))],
    ['a refusal that is a success', () => json(200, error('invalid_credentials'))],
    ['a network failure', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))],
    ['a body that breaks off', () => brokenBody()],
  ])('calls %s an outage', async (_name, answer) => {
    const { api, fake } = setUp();
    fake.answers.set('/api/login', answer);
    expect(await api.login(credentials, from)).toEqual({ kind: 'unavailable', reason: expect.any(String) });
  });

  it('keeps what an overloaded API says about time', async () => {
    const { api, fake } = setUp();
    fake.answers.set('/api/login', () => json(503, error('service_unavailable'), { 'retry-after': '3' }));
    expect(await api.login(credentials, from)).toMatchObject({ kind: 'unavailable', retryAfter: '3' });
  });

  it('tells the operator how to repair a client credential', async () => {
    const { api, fake, lines } = setUp();
    fake.answers.set('/api/login', () => json(401, error('invalid_client')));
    await api.login(credentials, from);
    expect(lines).toMatchObject([{ level: 'error', event: 'client_credential_refused' }]);
    expect(JSON.stringify(lines)).not.toContain('secret"');
  });

  it('waits no longer than its timeout', async () => {
    const { api } = setUp({ fetch: hangingFetch, timeoutSeconds: 0.01 });
    expect(await api.login(credentials, from)).toEqual({ kind: 'unavailable', reason: expect.any(String) });
  });
});

function brokenBody(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"success":true,'));
      controller.error(new Error('reset'));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

/** ES256 signs differently each time: all but the token is comparable. */
async function matchingTokens() {
  return { ...(await tokens()), token: expect.any(String) };
}

const hangingFetch: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
