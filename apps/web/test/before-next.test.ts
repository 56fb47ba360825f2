import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { errorBody } from '@footbridge/contracts';
import { buffer, text } from 'node:stream/consumers';
import type { Logger } from '@footbridge/core';
import type { Footbridge } from '@footbridge/next';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdmission, noSuchUpgrade } from '../src/before-next.ts';
import { largestFormBytes } from '../src/posted-form.ts';

const origin = 'https://app.example.com';
const observe = vi.fn<Footbridge['observe']>();
const warn = vi.fn<Logger['warn']>();
const logger: Logger = { info: vi.fn<Logger['info']>(), warn, error: vi.fn<Logger['error']>() };
const admit = createAdmission({ publicOrigin: () => origin, logger: () => logger, observe });

let server: Server;
let port = 0;
let admitted: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void admit({ request, response }).then((message) => message && answer(message, response));
  });
  server.on('upgrade', (_request, socket) => socket.end(noSuchUpgrade(origin)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  ({ port } = addressOf(server));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function addressOf(listening: Server): AddressInfo {
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address');
  return address;
}

/** In the place of Next.js. */
async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
  admitted.push(message.headers);
  const body = await buffer(message);
  response.end(`Next.js ${body.toString('hex')}`);
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** No client sends what these tests send, so they send bytes. */
function send(method: string, target: string, fields = '', sentBody = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
    socket.on('close', () => resolve(read(Buffer.concat(chunks).toString('latin1'))));
    socket.write(
      `${method} ${target} HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\n${fields}\r\n${sentBody}`,
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

/** The fields of a form with this body. */
function formOf(body: string, type = 'multipart/form-data; boundary=x'): string {
  return `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
}

function asItIs(body: string): unknown {
  return expect.stringContaining(`Next.js ${Buffer.from(body, 'latin1').toString('hex')}`);
}

describe('a post in which there may be a server action', () => {
  const ours = `Origin: ${origin}\r\n`;
  const call = 'Next-Action: 00\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n';
  const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\u00e9\r\n--x--\r\n';
  const tooLarge = `${'-'.repeat(largestFormBytes)}\r\n`;
  const chunked = 'Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n';

  it('comes from our own pages as it is', async () => {
    for (const from of [ours, 'Sec-Fetch-Site: same-origin\r\n', 'X-Footbridge: 1\r\n', '']) {
      expect((await send('POST', '/private', from + call, '[]')).body, from).toEqual(asItIs('[]'));
      expect((await send('POST', '/private?x', from + formOf(part), part)).body, from).toEqual(asItIs(part));
    }
    const [first, second] = [part.slice(0, 10), part.slice(10)];
    const chunks = `a\r\n${first}\r\n${second.length.toString(16)}\r\n${second}\r\n0\r\n\r\n`;
    expect((await send('POST', '/', ours + chunked, chunks)).body).toEqual(asItIs(part));
  });

  it('goes by the public host, whatever a proxy or a client calls it', async () => {
    admitted = [];
    await send('POST', '/', `${ours}X-Forwarded-Host: evil.example\r\n${formOf(part)}`, part);
    expect(admitted.map((headers) => [headers.host, headers['x-forwarded-host']])).toEqual([
      ['app.example.com', undefined],
    ]);
  });

  it.each([
    'Origin: null\r\n',
    'Origin: x\r\n',
    'Origin: https://evil.example\r\n',
    'Origin: http://app.example.com\r\n',
    'Origin: https://app.example.com:8443\r\n',
    'Sec-Fetch-Site: cross-site\r\n',
    'Sec-Fetch-Site: same-site\r\n',
    'Sec-Fetch-Site: none\r\n',
    'Sec-Fetch-Site: same-origin\r\nOrigin: https://evil.example\r\n',
  ])('is refused where it comes with %j', async (from) => {
    admitted = [];
    for (const [fields, body] of [
      [call, '[]'],
      [formOf(part), part],
    ] as const) {
      const answer = await send('POST', '/private', from + fields, body);
      expect(answer.status).toBe(403);
      const { code, requestId } = errorBody.parse(JSON.parse(answer.body));
      expect(code).toBe('cross_site_request');
      const reason = from.includes('Origin: ') ? 'origin' : 'sec_fetch_site';
      expect(warn).toHaveBeenLastCalledWith('cross_site_request', { requestId: expect.any(String), reason });
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(observe).toHaveBeenLastCalledWith({ kind: 'cross_site', reason });
    }
    expect(admitted).toEqual([]);
  });

  it.each([
    ['nothing', '', 'multipart/form-data; boundary=x', 400, 'invalid_request'],
    ['no boundary', part, 'multipart/form-data', 400, 'invalid_request'],
    ['an empty boundary', part, 'multipart/form-data; boundary=', 400, 'invalid_request'],
    ['another boundary', part, 'multipart/form-data; boundary=y', 400, 'invalid_request'],
    ['no end', part.slice(0, -6), 'multipart/form-data; boundary=x', 400, 'invalid_request'],
    ['a nameless part', part.replace(' name="a"', ''), 'multipart/form-data; boundary=x', 400, 'invalid_request'],
    ['too much', tooLarge, 'multipart/form-data; boundary=x', 413, 'payload_too_large'],
  ])('is refused with %s in its form', async (_what, body, type, status, code) => {
    admitted = [];
    const answer = await send('POST', '/private', ours + formOf(body, type), body);
    expect(answer.status).toBe(status);
    expect(errorBody.parse(JSON.parse(answer.body)).code).toBe(code);
    expect(admitted).toEqual([]);
  });

  it('is counted where no length is announced', async () => {
    const body = `${tooLarge.length.toString(16)}\r\n${tooLarge}\r\n0\r\n\r\n`;
    expect((await send('POST', '/', ours + chunked, body)).status).toBe(413);
  });

  it('ends the connection of who goes on sending', async () => {
    const socket = connect(port, '127.0.0.1');
    const answered = text(socket);
    const endless = `${tooLarge.length.toString(16)}\r\n${tooLarge}\r\n`;
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${ours}${chunked}\r\n${endless}`, 'latin1');
    expect(await answered).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/);
  });

  it('is nobody’s business at an endpoint, nor as a form without an action', async () => {
    for (const target of ['/api/login', '/api?x', '/healthz'])
      expect((await send('POST', target, formOf('x'), 'x')).status, target).toBe(200);
    expect((await send('POST', '/', formOf('a=b', 'application/x-www-form-urlencoded'), 'a=b')).status).toBe(200);
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
