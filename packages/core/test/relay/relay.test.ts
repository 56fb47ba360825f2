import { errorBody } from '@footbridge/contracts';
import { describe, expect, it } from 'vitest';
import type { RelayDecision } from '../../src/index.ts';
import { resolveRelayOptions } from '../../src/relay/options.ts';
import { createRelay } from '../../src/relay/relay.ts';
import { apiUrl, collect, type LogLine, publicOrigin, testBff } from '../fixtures/bff.ts';
import { ask, type Asked, askToUpgrade, callOf, head, refusalOf, relayTest, summary, valuesOf } from './relayed.ts';
import { unobserved } from '../../src/observer.ts';

const bearerOf = (decision: RelayDecision) => valuesOf(callOf(decision).request, 'authorization').length;
const foreign = { 'sec-fetch-site': 'cross-site' };

describe('a call of the logged-in', () => {
  it('goes to the API with their token and nothing else of theirs', async () => {
    const relay = await relayTest();
    const headers = { accept: '*/*', authorization: 'Bearer forged', 'x-forwarded-for': '203.0.113.9' };
    const { request, requestId } = callOf(await ask(relay, { target: '/api/proxy/notes?a=1&a=%20', headers }));
    expect(request).toEqual({
      method: 'GET',
      origin: apiUrl,
      path: '/api/notes?a=1&a=%20',
      headers: [
        ['authorization', expect.stringMatching(/^Bearer ey[\w-]+\.[\w-]+\.[\w-]+$/)],
        ['x-request-id', 'made-request-id'],
        ['user-agent', 'a browser'],
        ['accept', '*/*'],
      ],
      headersTimeoutMs: 30_000,
    });
    expect(requestId).toBe('made-request-id');
    expect(relay.asked()).toEqual([]);
  });

  it('adopts a sane request id', async () => {
    const call = callOf(await ask(await relayTest(), { headers: { 'X-Request-ID': 'balancer-id.1' } }));
    expect(valuesOf(call.request, 'x-request-id')).toEqual(['balancer-id.1']);
    expect(valuesOf(call.answer(head(200)), 'x-request-id')).toEqual(['balancer-id.1']);
  });

  it('finds the session in cookies that came on several lines', async () => {
    const relay = await relayTest();
    const fields = [
      ['Cookie', 'theme=dark'],
      ['Cookie', relay.person.cookie()],
    ] as const;
    expect((await ask(relay, { headers: { cookie: null }, fields })).kind).toBe('forward');
  });

  it('has the time that the option gives it', async () => {
    const call = callOf(await ask(await relayTest({ relay: { timeoutSeconds: 1.5 } })));
    expect(call.request.headersTimeoutMs).toBe(1500);
  });

  it('sets no cookie where none has changed', async () => {
    expect(valuesOf(callOf(await ask(await relayTest())).answer(head(200)), 'set-cookie')).toEqual([]);
  });
});

describe('the order of the funnel', () => {
  const steps: readonly (readonly [string, Asked, unknown])[] = [
    ['another site', { headers: foreign, method: 'TRACE', target: '/api/proxy/../x' }, [403, 'cross_site_request']],
    ['a hostile path', { target: '/api/proxy/../x', method: 'TRACE' }, [400, 'invalid_request']],
    ['a path for clients', { target: '/api/proxy/refresh', method: 'TRACE' }, [404, 'not_found']],
    ['a wrong method', { method: 'TRACE' }, [405, 'method_not_allowed']],
    ['a body that comes with any of them', { hasBody: true, method: 'OPTIONS' }, [405, 'method_not_allowed']],
  ];

  it.each(steps)('refuses %s before it looks for a session', async (_name, asked, expected) => {
    const relay = await relayTest();
    relay.test.clock.now += 900_000; // so that whoever looked would refresh
    expect(await summary(await ask(relay, asked))).toEqual(expected);
    expect(await summary(await ask(relay, { ...asked, headers: { cookie: null, ...asked.headers } }))).toEqual(
      expected,
    );
    expect([relay.asked(), relay.test.rotating.calls]).toEqual([[], []]);
  });

  it('refuses a header that two could read differently after the session, and keeps its cookies', async () => {
    const relay = await relayTest();
    relay.test.clock.now += 900_000;
    const refused = refusalOf(await ask(relay, { headers: { accept: 'a\r\nb: c' } }));
    expect([refused.status, refused.headers.getSetCookie().length]).toEqual([400, 1]);
  });

  it.each<readonly [string, Record<string, string | null>, string]>([
    ['GET', { 'sec-fetch-site': 'none' }, 'forward'],
    ['POST', { 'sec-fetch-site': 'none' }, 'respond'],
    ['GET', { 'sec-fetch-site': 'same-site' }, 'respond'],
    ['GET', { 'sec-fetch-site': 'same-origin, cross-site' }, 'respond'],
    ['GET', { 'sec-fetch-site': null }, 'respond'],
    ['GET', { 'sec-fetch-site': null, origin: publicOrigin }, 'forward'],
    ['GET', { 'sec-fetch-site': null, origin: 'null' }, 'respond'],
    ['DELETE', { 'sec-fetch-site': null, 'x-footbridge': '1' }, 'forward'],
  ])('judges the origin of %s with %j', async (method, headers, kind) => {
    expect((await ask(await relayTest(), { method, headers })).kind).toBe(kind);
  });

  it('is not fooled by a second line of evidence', async () => {
    const relay = await relayTest();
    const decision = await ask(relay, { fields: [['Sec-Fetch-Site', 'cross-site']] });
    expect(await summary(decision)).toEqual([403, 'cross_site_request']);
    expect(relay.test.lines.at(-1)).toMatchObject({
      event: 'cross_site_request',
      details: { reason: 'sec_fetch_site' },
    });
  });
});

describe('every refusal', () => {
  const refusals: readonly (readonly [string, Asked])[] = [
    ['of another site', { headers: foreign }],
    ['of a path', { target: '/api/proxy/%2e%2e/x' }],
    ['of a method', { method: 'OPTIONS' }],
    ['of a stranger', { headers: { cookie: null } }],
  ];

  it.each(refusals)('%s is an error body that nobody stores', async (_name, asked) => {
    const response = refusalOf(await ask(await relayTest(), asked));
    const body: unknown = await response.json();
    expect(errorBody.parse(body)).toMatchObject({ success: false, requestId: 'made-request-id' });
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('x-request-id')).toBe('made-request-id');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('of HEAD has no body', async () => {
    const response = refusalOf(await ask(await relayTest(), { method: 'HEAD', headers: { cookie: null } }));
    expect([response.status, await response.text()]).toEqual([401, '']);
  });

  it('of a method names those that there are', async () => {
    const response = refusalOf(await ask(await relayTest(), { method: 'OPTIONS' }));
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
  });
});

describe('routes', () => {
  const routes = [
    { path: '/notes', token: 'user' },
    { path: '/shop/*', token: 'user if present' },
    { path: '/public/*', token: 'none' },
  ] as const;
  it('send the token where it belongs, and nowhere else', async () => {
    const relay = await relayTest({ relay: { routes } });
    const bearers = ['notes', 'shop/1', 'public/1'].map(async (rest) =>
      bearerOf(await ask(relay, { target: `/api/proxy/${rest}` })),
    );
    expect(await Promise.all(bearers)).toEqual([1, 1, 0]);
  });

  it('let strangers through where nobody needs to be known', async () => {
    const relay = await relayTest({ relay: { routes } });
    const asStranger = (rest: string) => ask(relay, { target: `/api/proxy/${rest}`, headers: { cookie: null } });
    expect(await summary(await asStranger('notes'))).toEqual([401, 'unauthenticated']);
    expect(await summary(await asStranger('other'))).toEqual([404, 'not_found']);
    expect([bearerOf(await asStranger('shop/1')), bearerOf(await asStranger('public/1'))]).toEqual([0, 0]);
  });

  it('without a token never look for a session', async () => {
    const relay = await relayTest({ relay: { routes } });
    relay.test.clock.now += 900_000;
    const call = callOf(await ask(relay, { target: '/api/proxy/public/1' }));
    expect(relay.test.rotating.calls).toEqual([]);
    expect(await call.retry(head(401))).toBeUndefined();
    expect(relay.test.rotating.calls).toEqual([]);
  });

  it('make nobody of somebody while the API is down', async () => {
    const relay = await relayTest({ relay: { routes } });
    relay.test.api.answers.delete('/api/refresh');
    relay.test.clock.now += 900_000;
    expect(await summary(await ask(relay, { target: '/api/proxy/shop/1' }))).toEqual([503, 'api_unavailable']);
  });
});

describe('a refresh that fails so slowly that the token expires', () => {
  it('makes a call wait, and nobody a stranger', async () => {
    const relay = await relayTest();
    relay.test.clock.now += 880_000;
    relay.test.api.answers.set('/api/refresh', () => {
      relay.test.clock.now += 30_000;
      return new Response(null, { status: 503 });
    });
    const response = refusalOf(await ask(relay));
    expect(await summary({ kind: 'respond', response })).toEqual([503, 'api_unavailable']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

describe('a WebSocket handshake', () => {
  it('of our own page goes to the API', async () => {
    const call = callOf(await askToUpgrade(await relayTest(), { target: '/api/proxy/notes/live?x=1' }));
    expect(call.request).toMatchObject({ method: 'GET', origin: apiUrl, path: '/api/notes/live?x=1' });
    expect(call.request.headers).toEqual([
      ['authorization', expect.stringMatching(/^Bearer /)],
      ['x-request-id', 'made-request-id'],
      ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['sec-websocket-version', '13'],
    ]);
    const accepted = call.answer(head(101, [['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']]));
    expect(valuesOf(accepted, 'sec-websocket-accept')).toEqual(['s3pPLMBiTxaQ9kYGzzhZRbK+xOo=']);
  });

  it.each<readonly [string, Asked, unknown]>([
    ['of another origin', { headers: { origin: 'https://evil.example' } }, [403, 'cross_site_request']],
    ['of a neighbour', { headers: { origin: 'https://x.app.example.com' } }, [403, 'cross_site_request']],
    ['of no origin', { headers: { origin: null } }, [403, 'cross_site_request']],
    ['of the null origin', { headers: { origin: 'null' } }, [403, 'cross_site_request']],
    ['with two origins', { fields: [['Origin', publicOrigin]] }, [403, 'cross_site_request']],
    ['that only claims to be ours', { headers: { origin: null, 'x-footbridge': '1' } }, [403, 'cross_site_request']],
    ['by POST', { method: 'POST' }, [400, 'invalid_request']],
    ['with a body', { hasBody: true }, [400, 'invalid_request']],
    ['of another protocol', { headers: { upgrade: 'h2c' } }, [400, 'invalid_request']],
    ['of another version', { headers: { 'sec-websocket-version': '8' } }, [426, 'invalid_request']],
    ['to a hostile path', { target: '/api/proxy/..%2fx' }, [400, 'invalid_request']],
    ['to an endpoint for clients', { target: '/api/proxy/revocations' }, [404, 'not_found']],
    ['of a stranger', { headers: { cookie: null } }, [401, 'unauthenticated']],
  ])('%s is refused', async (_name, asked, expected) => {
    const relay = await relayTest();
    expect(await summary(await askToUpgrade(relay, asked))).toEqual(expected);
    expect(relay.asked()).toEqual([]);
  });

  it('of another version is told the right one', async () => {
    const decision = await askToUpgrade(await relayTest(), { headers: { 'sec-websocket-version': '8' } });
    expect(refusalOf(decision).headers.get('sec-websocket-version')).toBe('13');
  });

  it('is no ordinary call: its headers do not pass there', async () => {
    const call = callOf(await ask(await relayTest(), { headers: { 'sec-websocket-key': 'x', upgrade: 'websocket' } }));
    expect(valuesOf(call.request, 'sec-websocket-key')).toEqual([]);
  });
});

describe('a failure', () => {
  it.each([
    ['timeout', 504, 'gateway_timeout'],
    ['unreachable', 502, 'bad_gateway'],
    ['broken', 502, 'bad_gateway'],
  ] as const)('by %s is %i, and names no host', async (kind, status, code) => {
    const relay = await relayTest();
    const response = callOf(await ask(relay)).failure(kind, 'ECONNREFUSED');
    const body = await response.text();
    expect([response.status, errorBody.parse(JSON.parse(body)).code]).toEqual([status, code]);
    expect(body + JSON.stringify([...response.headers])).not.toMatch(/127\.0\.0\.1|4000|ECONN/);
    expect(relay.test.lines.at(-1)).toEqual({
      level: 'error',
      event: 'api_unavailable',
      details: { requestId: 'made-request-id', during: 'relay', kind, reason: 'ECONNREFUSED' },
    });
  });

  it('of HEAD has no body', async () => {
    const call = callOf(await ask(await relayTest(), { method: 'HEAD' }));
    expect(await call.failure('timeout', 'UND_ERR_HEADERS_TIMEOUT').text()).toBe('');
  });
});

describe('a relay without the option', () => {
  it('finds nothing', async () => {
    const { bff } = testBff();
    const request = { method: 'GET', target: '/api/proxy/notes', headers: [], hasBody: false };
    expect(await summary(await bff.relay.judge(request))).toEqual([404, 'not_found']);
    expect(await summary(await bff.relay.judgeUpgrade(request))).toEqual([404, 'not_found']);
  });
});

it('answers a constant body when something of ours breaks', async () => {
  const lines: LogLine[] = [];
  const relay = createRelay({
    publicOrigin,
    newRequestId: () => 'made-request-id',
    logger: collect(lines),
    observe: unobserved,
    rules: resolveRelayOptions({ url: apiUrl }),
    revocations: { onEnd: () => () => undefined },
    findCaller: () => Promise.reject(new TypeError('hunter2')),
    renew: () => Promise.reject(new TypeError('hunter2')),
  });
  const headers = [['sec-fetch-site', 'same-origin']] as const;
  const decision = await relay.judge({ method: 'GET', target: '/api/proxy/notes', headers, hasBody: false });
  expect(await summary(decision)).toEqual([500, 'internal_error']);
  expect(lines).toMatchObject([{ level: 'error', event: 'internal_error', details: { error: 'TypeError' } }]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});
