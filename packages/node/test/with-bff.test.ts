import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type BffTestOptions, loggedIn, type LoggedIn, ownRequest, publicOrigin } from './fixtures/bff.ts';
import { rawConnection, requestText } from './fixtures/raw.ts';
import { mount, serve, type TestServer } from './fixtures/servers.ts';
import { expectSoon, pause } from './fixtures/timing.ts';

interface Site extends TestServer, LoggedIn {
  readonly api: TestServer;
  /** Every request that arrived at the API: method, raw target and headers. */
  readonly arrived: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
  /** The head of a request of the logged-in person's own page. */
  readonly request: (path: string, more?: readonly string[]) => string;
}

/** A frontend with the real funnel, a person who is logged in, and an API that is there. */
async function site(options: Omit<BffTestOptions, 'relay'> = {}): Promise<Site> {
  const arrived: Site['arrived'] = [];
  const api = await serve((request, response) => {
    arrived.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (request.url !== '/api/events') return void response.end('answer');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: one\n\n');
  });
  const person = await loggedIn({ ...options, relay: { url: api.origin } });
  const host = await mount({ relay: person.bff.relay });
  const own = [`Cookie: ${person.cookie}`, 'Sec-Fetch-Site: same-origin', `Origin: ${publicOrigin}`];
  return {
    ...host,
    ...person,
    api,
    arrived,
    request: (path, more = []) => requestText([`GET ${path} HTTP/1.1`, 'Host: localhost:3000', ...own, ...more]),
  };
}

const handshake = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describe('a relayed call', () => {
  it('carries the token and not the cookie', async () => {
    const { port, arrived, request } = await site();
    const connection = await rawConnection(port, request('/api/proxy/notes?x=1', ['X-Forwarded-For: 9.9.9.9']));
    const answer = await connection.until(/answer$/);
    expect(answer).toMatch(/cache-control: private, no-store\r\n/);
    const [{ line, headers } = { line: '', headers: {} }] = arrived;
    expect(line).toBe('GET /api/notes?x=1');
    expect(headers.authorization).toMatch(/^Bearer ey/);
    expect(Object.keys(headers)).not.toContain('cookie');
    expect(Object.keys(headers)).not.toContain('x-forwarded-for');
  });

  it.each([
    ['another site', 'Sec-Fetch-Site: cross-site', 403],
    ['nobody who is logged in', 'Sec-Fetch-Site: same-origin', 401],
  ])('of %s reaches nothing', async (_who, field, status) => {
    const { port, arrived } = await site();
    const text = requestText(['GET /api/proxy/notes HTTP/1.1', 'Host: localhost:3000', field]);
    const connection = await rawConnection(port, text);
    expect(await connection.until(/requestId/)).toContain(`HTTP/1.1 ${status}`);
    expect(arrived).toEqual([]);
  });

  it('renews the token first, and brings the new cookie along', async () => {
    const { port, request } = await site({ lifetimeSeconds: 1 });
    await pause(1100);
    const connection = await rawConnection(port, request('/api/proxy/notes'));
    expect(await connection.until(/answer$/)).toMatch(/\r\nset-cookie: \S+=/i);
  });

  it.each([
    '/api/proxy/../admin',
    '/api/proxy/..',
    '/api/proxy/.',
    '/api/proxy/%2e%2e/admin',
    '/api/proxy/%2E./admin',
    '/api/proxy/.%2e/admin',
    '/api/proxy/a/../../admin',
    '/api/proxy/..%2fadmin',
    '/api/proxy/..%5cadmin',
    '/api/proxy/..\\admin',
    '/api/proxy/..;/admin',
    '/api/proxy/%252e%252e/admin',
    '/api/proxy/%c0%ae%c0%ae/admin',
    '/api/proxy//evil.example/x',
    '/api/proxy/\\evil.example/x',
    '/api/proxy/a%00b',
    '/api/proxy/a%0d%0ab',
    '/api/proxy/%',
    '/api/proxy/%zz',
    '/api/proxy/caf\xe9',
    '/api/proxy/a?b#c',
    '/api/proxy/login',
    '/api/proxy/LOGIN/',
    '/api/proxy/%6cogin',
    '/api/proxy/refresh?x',
    'http://evil.example/api/proxy/notes',
    '//evil.example/api/proxy/notes',
    '/api/proxy',
    '/API/proxy/notes',
  ])('to %j reaches nothing', async (path) => {
    const { port, arrived, request } = await site();
    const connection = await rawConnection(port, request(path));
    expect(await connection.until(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(arrived).toEqual([]);
  });

  it('that streams events ends when the person logs out', async () => {
    const { port, bff, cookie, request } = await site();
    const connection = await rawConnection(port, request('/api/proxy/events'));
    await connection.until(/data: one/);
    await bff.logout.handle(ownRequest('/api/logout', { method: 'POST', headers: { cookie } }));
    expect(await connection.until(/\r\n0\r\n\r\n$/)).toContain('no-transform');
  });
});

describe('a relayed WebSocket', () => {
  it('is the person\u2019s own, and ends within a second when they log out', async () => {
    const { port, api, bff, cookie } = await site();
    const sockets = new WebSocketServer({ server: api.server, path: '/api/live' });
    onTestFinished(() => sockets.close());
    const tokens: (string | undefined)[] = [];
    sockets.on('connection', (end, { headers }) => {
      tokens.push(headers.authorization);
      end.on('message', (data) => end.send(data)).on('error', () => {});
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/proxy/live`, {
      origin: publicOrigin,
      headers: { cookie },
    });
    let heard = '';
    socket.on('open', () => socket.send('hello')).on('message', (data: Buffer) => (heard += data.toString()));
    await expectSoon(() => heard === 'hello');
    expect(tokens[0]).toMatch(/^Bearer ey/);
    await bff.logout.handle(ownRequest('/api/logout', { method: 'POST', headers: { cookie } }));
    await expectSoon(() => socket.readyState === WebSocket.CLOSED && sockets.clients.size === 0, 1000);
  });

  it('brings the cookie of a renewed token along', async () => {
    const { port, api, request } = await site({ lifetimeSeconds: 1 });
    await pause(1100);
    api.server.on('upgrade', (_request, socket: Duplex) => {
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
      socket.end(requestText([...lines, 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'Set-Cookie: a=b']));
    });
    const connection = await rawConnection(port, request('/api/proxy/live', handshake));
    const answer = await connection.until(/\r\n\r\n/);
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n/);
    expect(answer).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    expect(answer).toMatch(/\r\nset-cookie: (?!a=b)/i);
    expect(answer).not.toContain('a=b');
  });

  it.each([
    ['another site\u2019s', ['Origin: http://evil.example'], 403],
    ['nobody\u2019s origin', [], 403],
    ['a stranger\u2019s', [`Origin: ${publicOrigin}`], 401],
  ])('is refused as %s', async (_whose, fields, status) => {
    const { port, arrived } = await site();
    const text = requestText(['GET /api/proxy/live HTTP/1.1', 'Host: x', ...handshake, ...fields]);
    const connection = await rawConnection(port, text);
    await connection.closed;
    expect(connection.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*connection: close`, 'i'));
    expect(arrived).toEqual([]);
  });

  it.each([
    ['another protocol', 'Upgrade: websocket', 'Upgrade: h2c', 400],
    ['a short key', 'Key: dGhlIHNhbXBsZSBub25jZQ==', 'Key: short', 400],
    ['no key', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'X-Nothing: 1', 400],
    ['a body', 'Upgrade: websocket', 'Upgrade: websocket\r\nContent-Length: 5', 400],
    ['version 8', 'Version: 13', 'Version: 8', 426],
    ['no version', 'Sec-WebSocket-Version: 13', 'X-Nothing: 1', 426],
    ['another method', 'GET ', 'POST ', 400],
    ['a path that climbs', '/api/proxy/live', '/api/proxy/../live', 400],
    ['an encoded path that climbs', '/api/proxy/live', '/api/proxy/%2e%2e/live', 400],
  ])('is refused with %s', async (_what, right, wrong, status) => {
    const { port, api, request, arrived } = await site();
    api.server.on('upgrade', (_request, socket: Duplex) => void socket.destroy());
    const connection = await rawConnection(port, `${request('/api/proxy/live', handshake).replace(right, wrong)}hello`);
    await connection.closed;
    expect(connection.received()).toContain(`HTTP/1.1 ${status} `);
    expect(connection.received().includes('sec-websocket-version: 13')).toBe(status === 426);
    expect(arrived).toEqual([]);
  });
});
