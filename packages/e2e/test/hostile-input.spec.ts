import { errorBody } from '@footbridge/contracts';
import { expect, test } from '../src/fixtures.ts';

const json = { 'content-type': 'application/json', 'x-footbridge': '1' };
const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-footbridge': '1' };
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

const bodies: readonly (readonly [string, Record<string, string>, BodyInit | undefined])[] = [
  ['no body at all', json, undefined],
  ['an empty body', json, ''],
  ['half a JSON text', json, '{"email":'],
  ['a JSON string', json, '"text"'],
  ['a JSON array', json, '[]'],
  ['null', json, 'null'],
  ['a number', json, '1e999'],
  ['a deeply nested array', json, deep],
  ['a polluted prototype', json, '{"__proto__":{"role":"admin"},"constructor":{"prototype":{}}}'],
  ['objects for fields', json, '{"email":{"$gt":""},"password":{"$ne":null}}'],
  ['arrays for fields', json, '{"email":["a@example.com"],"password":["x"]}'],
  [
    'null characters',
    json,
    '{"email":"a\\u0000@example.com","password":"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"}',
  ],
  [
    'lone surrogates',
    json,
    '{"email":"a@example.com","password":"\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800","name":"\\udfff"}',
  ],
  ['SQL in every field', json, `{"email":"a'--@example.com","password":"' OR 1=1 --","name":"'; DROP TABLE users"}`],
  ['a password of a megabyte', json, JSON.stringify({ email: 'a@example.com', password: 'p'.repeat(1_000_000) })],
  [
    'an e-mail of 90 kilobytes',
    json,
    JSON.stringify({ email: `${'a'.repeat(90_000)}@example.com`, password: 'password' }),
  ],
  ['a body of invalid UTF-8', json, new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a form where JSON is announced', json, 'email=a&password=b'],
  ['an empty form', form, ''],
  ['a broken form', form, '%%%=%&email&=&password=%ff'],
  ['plain text', { 'content-type': 'text/plain', 'x-footbridge': '1' }, 'email=a'],
  ['no content type', { 'x-footbridge': '1' }, new Uint8Array([1, 2, 3])],
  [
    'a multipart body without parts',
    { 'content-type': 'multipart/form-data; boundary=x', 'x-footbridge': '1' },
    '--x--',
  ],
  ['a hostile content type', { 'content-type': 'application/json; charset=utf-99', 'x-footbridge': '1' }, '{}'],
  ['a broken cookie header', { ...json, cookie: 'session=%; ; =; session; session=a.b.c.d.e; session.0=x' }, '{}'],
  ['a hostile request id', { ...json, 'x-request-id': '<script>alert(1)</script>' }, '{}'],
  ['a cross-site form', { ...form, 'sec-fetch-site': 'cross-site' }, 'email=a@example.com&password=password'],
  ['a null origin', { 'content-type': 'application/json', origin: 'null' }, '{}'],
];

const endpoints = [
  '/api/login',
  '/api/register',
  '/api/logout',
  '/api/session',
  '/api/nowhere',
  '/api',
  '/api/login/x',
];
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

for (const path of endpoints) {
  test(`hostile input at ${path} is refused in one shape`, async ({ stack }) => {
    for (const [what, headers, body] of bodies) {
      for (const method of methods) {
        const hasBody = method !== 'GET' && body !== undefined;
        const response = await fetch(`${stack.webUrl}${path}`, {
          method,
          headers,
          redirect: 'manual',
          ...(hasBody ? { body } : {}),
        });
        const text = await response.text();
        const isAnswered = response.status < 500;
        expect(isAnswered, `${method} ${path} with ${what}: ${response.status}`).toBe(true);
        if (response.status >= 400) {
          const parsed = errorBody.strict().safeParse(JSON.parse(text));
          expect(parsed.error, `${method} ${path} with ${what}: ${text}`).toBeUndefined();
          expect(response.headers.get('x-request-id')).toBe(parsed.data?.requestId);
        }
        if (response.status === 405) expect(response.headers.get('allow')).toMatch(/GET|POST/);
      }
    }
  });
}

const crossSite: readonly (readonly [string, Record<string, string>])[] = [
  ['nothing that tells its origin', {}],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site', 'x-footbridge': '1' }],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site', 'x-footbridge': '1' }],
  ['Sec-Fetch-Site: none on a POST', { 'sec-fetch-site': 'none', 'x-footbridge': '1' }],
  ['another origin', { origin: 'https://evil.example', 'x-footbridge': '1' }],
  ['the null origin', { origin: 'null', 'x-footbridge': '1' }],
  ['the wrong header value', { 'x-footbridge': '0' }],
];

for (const [what, headers] of crossSite) {
  test(`refuses a login that carries ${what}`, async ({ stack }) => {
    const before = stack.wire.exchanges.length;
    const response = await fetch(`${stack.webUrl}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ email: 'demo@example.com', password: 'footbridge-demo' }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ success: false, code: 'cross_site_request' });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(stack.wire.exchanges).toHaveLength(before);
  });
}
