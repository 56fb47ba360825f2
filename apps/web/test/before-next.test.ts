import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect } from 'node:net';
import { errorBody } from '@footbridge/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdmission, noSuchUpgrade } from '../src/before-next.ts';

const origin = 'https://app.example.com';
const admit = createAdmission(origin);

let server: Server;
let port = 0;
let admitted: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    if (!admit({ request, response })) return;
    admitted.push(request.headers);
    response.end('Next.js');
  });
  server.on('upgrade', (_request, socket) => socket.end(noSuchUpgrade(origin)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** No client sends what these tests send, so they send bytes. */
function send(method: string, target: string, fields = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
    socket.on('close', () => resolve(read(Buffer.concat(chunks).toString('latin1'))));
    socket.write(
      `${method} ${target} HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\n${fields}\r\n`,
      'latin1',
    );
  });
}

function read(text: string): Answer {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  });
  expect(new Set(headers.map(([name]) => name)).size).toBe(headers.length);
  return { status: Number(line.split(' ')[1] ?? 0), headers: new Map(headers), body };
}

const safe = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': expect.stringContaining('camera=()'),
  'referrer-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

describe('what Next.js answers', () => {
  it.each(['/', '/private', '/login?x=%', '/%C3%A9', '/a%00b', '/a%2fb', '//evil.example/', '/api/nowhere'])(
    'to GET %s is safe and not stored unless it says so',
    async (target) => {
      const { body, headers } = await send('GET', target);
      expect(body).toContain('Next.js');
      expect(Object.fromEntries(headers)).toMatchObject({ ...safe, 'cache-control': 'private, no-store' });
    },
  );

  it.each(['/_next/static/chunks/a.js', '/icon.svg', '/icon.svg?x'])('to GET %s may be kept', async (target) => {
    const { headers } = await send('GET', target);
    expect(headers.has('cache-control')).toBe(false);
    expect(Object.fromEntries(headers)).toMatchObject(safe);
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'comes to %s of an endpoint',
    async (method) => {
      for (const target of ['/api/login', '/api', '/healthz', '/readyz']) {
        expect((await send(method, target)).status, target).toBe(200);
      }
    },
  );

  it('depends on no policy of the client’s', async () => {
    admitted = [];
    const policy = "script-src 'nonce-Y2hvc2Vu'";
    await send(
      'GET',
      '/_next/x',
      `Content-Security-Policy: ${policy}\r\nContent-Security-Policy-Report-Only: ${policy}\r\n`,
    );
    expect(admitted).toHaveLength(1);
    expect(JSON.stringify(admitted)).not.toContain('Y2hvc2Vu');
  });

  it.each(['{', '%zz', '%5B%22%22%5D', 'null', '[]'])(
    'has no router state like %s, which it would fail at',
    async (state) => {
      admitted = [];
      expect((await send('GET', '/login', `RSC: 1\r\nNext-Router-State-Tree: ${state}\r\n`)).body).not.toBe('');
      expect(admitted.flatMap((headers) => headers['next-router-state-tree'] ?? [])).toEqual([]);
    },
  );

  it('has the router state of its own client', async () => {
    admitted = [];
    await send('GET', '/login', 'RSC: 1\r\nNext-Router-State-Tree: %5B%22%22%2C%7B%7D%5D\r\n');
    expect(admitted[0]?.['next-router-state-tree']).toBe('%5B%22%22%2C%7B%7D%5D');
  });
});

describe('what never gets to Next.js', () => {
  it.each([
    ['GET', '/%', 400, 'invalid_request'],
    ['GET', '/api/%E0%A4%A', 400, 'invalid_request'],
    ['POST', '/api/login%ZZ', 400, 'invalid_request'],
    ['GET', '/private/%ff', 400, 'invalid_request'],
    ['GET', '/_next/static/%', 400, 'invalid_request'],
    ['GET', 'http://evil.example/login', 400, 'invalid_request'],
    ['OPTIONS', '*', 400, 'invalid_request'],
    ['TRACE', '/', 405, 'method_not_allowed'],
    ['TRACE', '/api/login', 405, 'method_not_allowed'],
    ['PROPFIND', '/api/login', 405, 'method_not_allowed'],
    ['PUT', '/private', 405, 'method_not_allowed'],
    ['DELETE', '/', 405, 'method_not_allowed'],
    ['OPTIONS', '/login', 405, 'method_not_allowed'],
    ['DELETE', '/apiary', 405, 'method_not_allowed'],
  ])('%s %s is refused with %i in JSON', async (method, target, status, code) => {
    admitted = [];
    const answer = await send(method, target, 'X-Request-Id: balancer-id.1\r\n');
    expect(answer.status).toBe(status);
    expect(errorBody.strict().parse(JSON.parse(answer.body))).toMatchObject({ code, requestId: 'balancer-id.1' });
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({ ...safe, 'cache-control': 'private, no-store', 'x-request-id': 'balancer-id.1' });
    expect(headers['allow']).toBe(status === 405 ? 'GET, HEAD, POST' : undefined);
    expect(admitted).toEqual([]);
  });

  it('is not named as the client would have it', async () => {
    const { headers } = await send('GET', '/%', 'X-Request-Id: <script>alert(1)</script>\r\n');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is refused as an upgrade by the same headers', async () => {
    const fields = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const { status, headers } = read(await upgrade(fields));
    expect(status).toBe(404);
    expect(Object.fromEntries(headers)).toMatchObject({ ...safe, 'cache-control': 'private, no-store' });
  });
});

function upgrade(fields: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
  });
}
