import { errorBody, signedInAnswer } from '@footbridge/contracts';
import { describe, expect, it } from 'vitest';
import { apiUrl, cookieHeader, jsonPost, loggedIn, password, scriptRequest, testBff } from '../fixtures/bff.ts';
import { json, refreshToken, tokens } from '../fixtures/fake-api.ts';
import { claims, mint } from '../fixtures/issuer.ts';

const credentials = { email: ' Ada@Example.com ', password };
const endpoints = [
  ['login', 200],
  ['register', 201],
] as const;
const refusal = (code: string) => ({ success: false, code, message: 'no', requestId: 'api-request-id' });

describe.each(endpoints)('%s', (route, status) => {
  const path = `/api/${route}`;

  it('answers the user and sets the session cookie', async () => {
    const { bff, api } = testBff();
    const response = await bff[route].handle(jsonPost(path, credentials), { clientAddress: '203.0.113.9' });
    expect(response.status).toBe(status);
    expect(signedInAnswer.parse(await response.json()).data.user.email).toBe('ada@example.com');
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-Http-session=.+; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect((await bff.authenticate(cookieHeader(response))).kind).toBe('authenticated');

    const [request] = api.requests;
    expect(request?.url).toBe(`${apiUrl}${path}`);
    expect(await request?.json()).toEqual({ email: 'ada@example.com', password });
    expect(request?.headers.get('x-forwarded-for')).toBe('203.0.113.9');
  });

  it('shows no token in body or headers', async () => {
    const answer = await tokens();
    const test = testBff();
    test.api.answers.set(path, () => json(status, answer));
    const response = await test.bff[route].handle(jsonPost(path, credentials));
    const seen = JSON.stringify([await response.text(), [...response.headers], test.lines]);
    for (const token of [answer.token, refreshToken, ...answer.token.split('.')]) expect(seen).not.toContain(token);
    expect(seen).not.toContain(password);
  });

  it('sends the API neither cookies nor hearsay', async () => {
    const { bff, api } = testBff();
    const headers = {
      cookie: 'theme=dark',
      'x-forwarded-for': '6.6.6.6',
      authorization: 'Bearer x',
      'user-agent': 'B',
    };
    await bff[route].handle(jsonPost(path, credentials, headers));
    const sent = api.requests[0]?.headers;
    expect([sent?.has('cookie'), sent?.has('x-forwarded-for')]).toEqual([false, false]);
    expect(sent?.get('authorization')).toMatch(/^Basic /);
    expect([sent?.get('user-agent'), sent?.get('x-request-id')]).toEqual(['B', 'made-request-id']);
  });

  it('ends the session before it, as well as it can', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const token = await mint({ payload: { ...claims, sid: 'session-2' } });
    test.api.answers.set(path, async () => json(status, await tokens({ token })));
    const response = await test.bff[route].handle(jsonPost(path, credentials, { cookie }));
    expect(response.status).toBe(status);
    expect(await test.api.requests.at(-1)?.json()).toEqual({ refreshToken });
    expect(test.api.requests.at(-1)?.url).toBe(`${apiUrl}/api/logout`);

    test.api.answers.delete('/api/logout');
    const again = await test.bff[route].handle(jsonPost(path, credentials, { cookie }));
    expect(again.status).toBe(status);
    expect(test.lines).toContainEqual(expect.objectContaining({ level: 'warn', event: 'session_not_revoked' }));
  });

  it('keeps the session that the API kept', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    const response = await test.bff[route].handle(jsonPost(path, credentials, { cookie }));
    expect((await test.bff.authenticate(cookieHeader(response))).kind).toBe('authenticated');
    expect(test.api.requests.some(({ url }) => url.endsWith('/api/logout'))).toBe(false);
  });

  it('leaves the old session alone when it is refused', async () => {
    const test = testBff();
    const cookie = await loggedIn(test);
    test.api.answers.set(path, () => json(401, refusal('invalid_credentials')));
    const calls = test.api.requests.length;
    const response = await test.bff[route].handle(jsonPost(path, credentials, { cookie }));
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(test.api.requests.slice(calls).map((request) => request.url)).toEqual([`${apiUrl}${path}`]);
    expect((await test.bff.authenticate(cookie)).kind).toBe('authenticated');
  });

  it.each([
    [401, 'invalid_credentials', null],
    [409, 'email_taken', null],
    [429, 'rate_limited', '31'],
  ])('passes on the refusal %i %s', async (refusedStatus, code, retryAfter) => {
    const { bff, api } = testBff();
    const headers = retryAfter === null ? {} : { 'retry-after': retryAfter };
    api.answers.set(path, () => json(refusedStatus, refusal(code), headers));
    const response = await bff[route].handle(jsonPost(path, credentials));
    expect(response.status).toBe(refusedStatus);
    expect(await response.json()).toEqual({ ...refusal(code), requestId: 'made-request-id' });
    expect(response.headers.get('retry-after')).toBe(retryAfter);
  });

  it.each([
    ['an API that is down', undefined],
    ['a wrong client credential', () => json(401, refusal('invalid_client'))],
    ['an API error', () => json(500, refusal('internal_error'))],
    ['an answer out of contract', () => json(200, { success: true, token: 'x' })],
  ])('answers 503 for %s', async (_name, answer) => {
    const test = testBff();
    if (answer) test.api.answers.set(path, answer);
    else test.api.answers.delete(path);
    const response = await test.bff[route].handle(jsonPost(path, credentials));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(errorBody.parse(await response.json()).code).toBe('api_unavailable');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(test.lines).toMatchObject([{ level: 'error', event: 'api_unavailable' }]);
  });

  it.each([
    ['another issuer', { iss: 'http://localhost:4000' }, 'unexpected "iss" claim value'],
    ['another audience', { aud: 'somebody-else' }, 'unexpected "aud" claim value'],
    ['no session id', { sid: '' }, 'unexpected "sid" claim value'],
    ['an end before its beginning', { exp: claims.iat }, 'the access token expired before it was issued'],
  ])('stores no token with %s, and says so', async (_name, changes, reason) => {
    const test = testBff();
    const token = await mint({ payload: { ...claims, ...changes } });
    test.api.answers.set(path, async () => json(200, await tokens({ token })));
    const response = await test.bff[route].handle(jsonPost(path, credentials));
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(test.lines).toMatchObject([
      { event: 'api_token_rejected', details: { reason, consequence: expect.stringContaining('login loop') } },
    ]);
  });

  it('stores no token that is no JWT', async () => {
    const { bff, api } = testBff();
    api.answers.set(path, async () => json(200, await tokens({ token: 'opaque' })));
    expect((await bff[route].handle(jsonPost(path, credentials))).status).toBe(503);
  });

  it('trusts the API while its keys cannot be fetched', async () => {
    const { bff, api, clock } = testBff();
    const { answers } = api;
    const keys = answers.get('/.well-known/jwks.json');
    answers.delete('/.well-known/jwks.json');
    const response = await bff[route].handle(jsonPost(path, credentials));
    expect(response.status).toBe(status);

    if (keys) answers.set('/.well-known/jwks.json', keys);
    clock.now += 1_000;
    expect((await bff.authenticate(cookieHeader(response))).kind).toBe('authenticated');
  });

  it.each([
    ['no object', '"text"', 'validation_failed'],
    ['null', 'null', 'validation_failed'],
    ['a list', '[]', 'validation_failed'],
    ['nothing in it', '{}', 'validation_failed'],
    ['numbers', '{"email":1,"password":2}', 'validation_failed'],
    ['an operator object', '{"email":{"$gt":""},"password":{"$gt":""}}', 'validation_failed'],
    ['no address', '{"email":"ada","password":"long enough"}', 'validation_failed'],
    ['an empty password', '{"email":"a@b.co","password":""}', 'validation_failed'],
    ['a prototype', '{"__proto__":{"email":"a@b.co","password":"long enough"}}', 'validation_failed'],
    ['deep nesting', `${'['.repeat(40_000)}${']'.repeat(40_000)}`, 'validation_failed'],
    ['half a document', '{"email":', 'malformed_json'],
    ['too much', `{"email":"${'a'.repeat(100_000)}"}`, 'payload_too_large'],
  ])('refuses a body with %s before asking the API', async (_name, text, code) => {
    const { bff, api } = testBff();
    const headers = { 'content-type': 'application/json' };
    const response = await bff[route].handle(scriptRequest(path, { method: 'POST', body: text, headers }));
    expect(errorBody.parse(await response.json()).code).toBe(code);
    expect(api.requests).toEqual([]);
  });
});
