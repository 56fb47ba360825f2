import { IncomingMessage } from 'node:http';
import { type ApiEndpoint, apiEndpoints, type User } from '@footbridge/contracts';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectErrorBody, expectRefusal } from './support/contract.ts';
import { listenRaw, type RawServer } from './support/raw.ts';
import { openSession } from './support/sessions.ts';
import { basic, policy, registerSomebody, startTestApp, type TestApp } from './support/test-app.ts';

let api: TestApp;
let raw: RawServer;
let token: string;
let user: User;
beforeAll(async () => {
  api = await startTestApp();
  raw = await listenRaw(api.app);
  ({ token, user } = await registerSomebody(api.app));
});
afterAll(async () => {
  await raw.close();
  await api.close();
});

const endpoints = Object.entries(apiEndpoints).map(([name, endpoint]): [string, ApiEndpoint] => [name, endpoint]);
const client = basic(policy.client.id, policy.client.secret);
const deep = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
const account = '{"email":"ada@example.com","password":"correct horse"}';

interface Attack {
  readonly what: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

const attacks: readonly Attack[] = [
  { what: 'no body' },
  { what: 'an empty body', body: '' },
  { what: 'half an object', body: '{"email":' },
  { what: 'null', body: 'null' },
  { what: 'a string', body: '"text"' },
  { what: 'a number', body: '1e400' },
  { what: 'a list', body: `[${account}]` },
  { what: 'a prototype', body: '{"__proto__":{"email":"a@b.c"},"constructor":{"prototype":{}}}' },
  { what: 'forty thousand brackets', body: deep },
  { what: 'a deep object', body: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}` },
  { what: 'wrong types', body: '{"email":{"$gt":""},"password":["x"],"name":7,"refreshToken":{}}' },
  { what: 'null characters', body: '{"email":"a\\u0000@example.com","password":"\\u0000\\u0000","name":"\\u0000"}' },
  { what: 'lone surrogates', body: '{"email":"\\ud800@example.com","password":"\\udfff","name":"\\ud800"}' },
  { what: 'a statement', body: '{"email":"\'; DROP TABLE \\"User\\"; --","password":"x","refreshToken":"\'--"}' },
  { what: 'an endless e-mail', body: `{"email":"${'a@'.repeat(40_000)}","password":"x"}` },
  { what: 'more than 100 kB', body: `{"email":"${'a'.repeat(110_000)}"}` },
  { what: 'broken UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { what: 'UTF-16', headers: { 'Content-Type': 'application/json; charset=utf-16' }, body: account },
  { what: 'an unknown charset', headers: { 'Content-Type': 'application/json; charset=klingon' }, body: account },
  { what: 'a form', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'email=a&password=b' },
  { what: 'plain text', headers: { 'Content-Type': 'text/plain' }, body: account },
  { what: 'a nameless type', headers: { 'Content-Type': ';;;' }, body: account },
  { what: 'a false gzip', headers: { 'Content-Encoding': 'gzip' }, body: account },
  { what: 'an unknown encoding', headers: { 'Content-Encoding': 'x-nonsense' }, body: account },
  { what: 'a hostile request id', headers: { 'X-Request-Id': '<script>alert(1)</script>' }, body: '{' },
  { what: 'a method override', headers: { 'X-HTTP-Method-Override': 'DELETE' }, body: '{' },
  { what: 'cookies', headers: { Cookie: 'a=b; __proto__=1; j=j:{"x":; session=%E0%A4%A' }, body: '{' },
];

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

const credentials: readonly [string, Record<string, string>][] = [
  ['nobody', {}],
  ['the client', { Authorization: client }],
  ['a bearer', { Authorization: '' }],
];

describe.each(endpoints)('%s', (_name, endpoint) => {
  // Some endpoints end the session that asks: every attack has one of its own.
  beforeEach(async () => void ({ token } = await openSession(api, user)));

  it.each(attacks)('survives $what', async ({ headers = {}, body }) => {
    for (const [who, authorization] of credentials) {
      const given = who === 'a bearer' ? { Authorization: `Bearer ${token}` } : authorization;
      const response = await send(endpoint, { ...given, 'Content-Type': 'application/json', ...headers }, body);
      expect(response.status, who).toBeLessThan(500);
      if (response.status >= 400) expectErrorBody(response);
    }
  });

  it('survives hostile authorization', async () => {
    for (const value of hostileAuthorization()) {
      const response = await send(endpoint, { Authorization: value }, undefined);
      const ofStrangers = endpoint.path.includes(':') ? [404] : [200, 400, 401];
      const expected = endpoint.credential === 'bearer' ? [401] : ofStrangers;
      expect(expected, value.slice(0, 40)).toContain(response.status);
      if (response.status >= 400) expectErrorBody(response);
    }
  });

  const known = new Set(endpoints.filter(([, { path }]) => path === endpoint.path).map(([, { method }]) => method));
  const others = (['POST', 'DELETE'] as const).filter((method) => !known.has(method));
  it.each([...others, 'PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])('refuses %s and says what is allowed', async (method) => {
    const answer = await raw.send(`${method} ${endpoint.path} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n`);
    expect(answer.status).toBe(405);
    expect(answer.head).toMatch(new RegExp(`\\r\\nAllow: [^\\r]*${endpoint.method}`));
    expect(answer.head).not.toMatch(/access-control/i);
  });
});

function send(endpoint: ApiEndpoint, headers: Record<string, string>, body: string | Buffer | undefined) {
  const test = request(api.app)[methods[endpoint.method]](endpoint.path).set(headers);
  if ('stream' in endpoint.answer && endpoint.answer.stream === 'text/event-stream') return untilItOpens(test);
  if (body === undefined || endpoint.method === 'GET') return test;
  return test.serialize(String).send(String(body));
}

/** A live feed has no end to wait for: that it opens is all. A refusal is read as any other. */
function untilItOpens(test: request.Test): request.Test {
  return test.buffer(true).parse((response, done) => {
    const chunks: Buffer[] = [];
    const isOpen = response.headers['content-type']?.startsWith('text/event-stream') === true;
    if (isOpen && response instanceof IncomingMessage) response.destroy();
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('close', () => done(null, isOpen ? {} : JSON.parse(Buffer.concat(chunks).toString())));
  });
}

function hostileAuthorization(): readonly string[] {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  return [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer null',
    `Bearer ${token} ${token}`,
    `Bearer ${token},`,
    `Bearer ${head}.${payload}.`,
    `Bearer ${head}.${payload}`,
    `Bearer ${none}.${payload}.`,
    `Bearer ${none}.${payload}.${signature}`,
    `Bearer ${head}.${payload}.${signature.slice(1)}`,
    `Bearer ${'a'.repeat(8000)}`,
    `Bearer ..`,
    'Basic',
    'Basic Og==',
    'Digest username="x"',
    '\u00e9\u00ff',
  ];
}

describe('paths', () => {
  it.each(['/', '/api', '/api/login/', '/API/login', '/api//login', '/api/login%00', '/api/refresh/', '/metrics'])(
    'answers %s with 404 as JSON',
    async (path) => {
      expectRefusal(await request(api.app).get(path), 'not_found');
    },
  );

  it.each(['/%', '/api/%E0%A4%A', '/api/login%ZZ'])('answers %s with 400', async (path) => {
    const answer = await raw.send(`GET ${path} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ success: false, code: 'invalid_request' });
  });

  it.each(['*', '//', '//evil.example/api/login', 'http://evil.example/api/login', '/api/login?a[b]=c&__proto__=1'])(
    'never fails on target %s',
    async (target) => {
      const answer = await raw.send(`OPTIONS ${target} HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n`);
      expect([400, 404, 405]).toContain(answer.status);
    },
  );
});

const login = (headers: string, body: string): string =>
  `POST /api/login HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\nAuthorization: ${client}\r\n` +
  `Content-Type: application/json\r\n${headers}\r\n\r\n${body}`;

describe('framing', () => {
  it('refuses two bearer tokens', async () => {
    const line = `Authorization: Bearer ${token}\r\n`;
    const answer = await raw.send(`GET /api/verify HTTP/1.1\r\nHost: x\r\n${line}${line}Connection: close\r\n\r\n`);
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_token', authenticated: false });
  });

  it('refuses both length and chunks', async () => {
    const answer = await raw.send(login('Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n'));
    expect(answer.status).toBe(400);
  });

  it('outlives a body that ends early', async () => {
    await raw.abandon(login('Content-Length: 400', '{"email":'));
    expect((await raw.send(login('Content-Length: 2', '{}'))).status).toBe(400);
  });

  it('takes a chunked body', async () => {
    const chunk = `${account.length.toString(16)}\r\n${account}\r\n0\r\n\r\n`;
    expect((await raw.send(login('Transfer-Encoding: chunked', chunk))).status).toBe(401);
  });

  it('answers a body that says it is too large before it arrives', async () => {
    const started = performance.now();
    const answer = await raw.send(login(`Content-Length: ${100 * 1024 + 1}`, ''));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'payload_too_large' });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('hangs up on who keeps holding a refused body back', async () => {
    const started = performance.now();
    const held = login(`Content-Length: ${100 * 1024 + 1}`, '').replace('Connection: close\r\n', '');
    expect((await raw.send(held)).status).toBe(413);
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 15_000);

  it('counts what arrives, not what is declared', async () => {
    const chunk = `${(200_000).toString(16)}\r\n${' '.repeat(200_000)}\r\n0\r\n\r\n`;
    expect((await raw.send(login('Transfer-Encoding: chunked', chunk))).status).toBe(413);
  });
});
