import { once } from 'node:events';
import { WebSocket } from 'ws';
import { digestOfBytes, manyBytes } from '../src/relay/bytes.ts';
import type { Echo } from '../src/relay/echo.ts';
import { valuesOf } from '../src/relay/fields.ts';
import { expect, expectAlive, newVisitor, pause, test } from '../src/relay/fixtures.ts';
import { exchangeRaw, statusOf } from '../src/relay/raw-connection.ts';
import type { Front } from '../src/relay/stand.ts';
import { Visitor } from '../src/visitor.ts';

const sizes = [1, 125, 126, 65_535, 65_536, 1_048_576];

test.describe('a WebSocket through the custom server', () => {
  test('carries messages of every size both ways, in the name of the user', async ({ stand }) => {
    const { echo, fronts } = stand;
    const front = fronts['custom server'];
    const { visitor } = await newVisitor(front);
    const socket = await openSocket(front, visitor);
    for (const size of sizes) {
      const message = Buffer.concat(await manyBytes(size).toArray());
      socket.send(message);
      const [answer] = await once(socket, 'message');
      expect(digestOfBytes(answer), `${size} bytes`).toEqual(digestOfBytes(message));
    }
    const reached = upgradesOf(echo).at(-1)?.fields ?? [];
    expect(valuesOf(reached, 'authorization')).toEqual([expect.stringMatching(/^Bearer eyJ/)]);
    for (const name of ['cookie', 'origin', 'x-forwarded-for', 'x-footbridge'])
      expect(valuesOf(reached, name)).toEqual([]);
    socket.close(1000, 'done');
    expect(await once(socket, 'close')).toEqual([1000, Buffer.from('done')]);
    await expect.poll(() => echo.webSocketCount).toBe(0);
  });

  const foreign: readonly (readonly [string, (front: Front, visitor: Visitor) => Record<string, string>, number])[] = [
    ['another origin', (_, { cookieHeader }) => ({ cookie: cookieHeader, origin: 'https://evil.example' }), 403],
    [
      'the API as its origin',
      (_, { cookieHeader }) => ({ cookie: cookieHeader, origin: 'http://127.0.0.1:4000' }),
      403,
    ],
    ['the null origin', (_, { cookieHeader }) => ({ cookie: cookieHeader, origin: 'null' }), 403],
    ['no origin', (_, { cookieHeader }) => ({ cookie: cookieHeader }), 403],
    ['no session', ({ url }) => ({ origin: url }), 401],
    ['a planted session', ({ url }) => ({ origin: url, cookie: 'session=planted' }), 401],
    [
      'another site behind it',
      ({ url }, { cookieHeader }) => ({ origin: url, cookie: cookieHeader, 'sec-fetch-site': 'cross-site' }),
      403,
    ],
  ];
  for (const [what, headersOf, status] of foreign) {
    test(`is refused with ${what}, before anything is opened to the API`, async ({ stand }) => {
      const { echo, fronts } = stand;
      const front = fronts['custom server'];
      const { visitor } = await newVisitor(front);
      const [upgrades, sockets] = [upgradesOf(echo).length, echo.socketCount];
      expect(await refusalOf(front, headersOf(front, visitor))).toBe(status);
      expect([upgradesOf(echo).length, echo.socketCount]).toEqual([upgrades, sockets]);
      await expectAlive(front, visitor);
    });
  }

  test('is refused by the API in its own words', async ({ stand }) => {
    const front = stand.fronts['custom server'];
    const { visitor } = await newVisitor(front);
    const answer = await exchangeRaw(front.port, handshake(front, visitor, '/api/proxy/echo/elsewhere'));
    expect(statusOf(answer)).toBe(403);
    expect(answer).toContain('no socket here');
    await expectAlive(front, visitor);
  });

  test('never leads out of the API', async ({ stand }) => {
    const { echo, fronts } = stand;
    const front = fronts['custom server'];
    const { visitor } = await newVisitor(front);
    const before = upgradesOf(echo).length;
    const host = new URL(echo.url).host;
    const targets = [
      '/api/proxy/../socket',
      '/api/proxy/%2e%2e/socket',
      '/api/proxy//socket',
      '/api/proxy\\socket',
      '/api/proxy/login',
      '/api/proxy@evil.example/',
      `http://${host}/api/proxy/echo/socket`,
      `//${host}/api/proxy/echo/socket`,
      '/api/session',
      '/',
      '*',
    ];
    for (const target of targets) {
      const answer = await exchangeRaw(front.port, handshake(front, visitor, target), 60);
      expect(statusOf(answer), `${target}: ${answer}`).not.toBe(101);
      await expectAlive(front, visitor, target);
    }
    expect(upgradesOf(echo)).toHaveLength(before);
  });

  test('is closed within a second of its session', async ({ stand }) => {
    const { echo, fronts } = stand;
    const front = fronts['custom server'];
    const { visitor, email } = await newVisitor(front);
    const other = new Visitor();
    await other.logIn(front.url, email);
    const [ending, staying] = [await openSocket(front, visitor), await openSocket(front, other)];
    const closed = once(ending, 'close').then(() => performance.now());
    ending.on('error', () => undefined);

    const at = performance.now();
    expect((await visitor.call(`${front.url}/api/logout`)).status).toBe(200);
    expect((await closed) - at).toBeLessThan(1_000);
    await expect.poll(() => echo.webSocketCount, { timeout: 1_000 }).toBe(1);

    staying.send('still here');
    expect(String((await once(staying, 'message'))[0])).toBe('still here');
    staying.terminate();
    await expect.poll(() => echo.webSocketCount, { timeout: 1_000 }).toBe(0);
  });

  test('that nobody reads for a while loses nothing', async ({ stand }) => {
    const front = stand.fronts['custom server'];
    const { visitor } = await newVisitor(front);
    const socket = await openSocket(front, visitor);
    const message = Buffer.concat(await manyBytes(1_048_576).toArray());
    socket.pause();
    for (let sent = 0; sent < 64; sent += 1) socket.send(message);
    await pause(1_000);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('message', (answer: Buffer) => {
        received += answer.byteLength;
        if (received === 64 * message.byteLength) resolve();
      });
    });
    socket.resume();
    await all;
    socket.terminate();
  });
});

test('a WebSocket is beyond the route handler, which answers the attempt and lives on', async ({ stand }) => {
  const { echo, fronts } = stand;
  const front = fronts['route handler'];
  const { visitor } = await newVisitor(front);
  const before = upgradesOf(echo).length;
  for (const target of ['/api/proxy/echo/socket', '/api/proxy/../echo/socket', `//${new URL(echo.url).host}/`, '/']) {
    const answer = await exchangeRaw(front.port, handshake(front, visitor, target));
    expect(statusOf(answer)).not.toBe(101);
    await expectAlive(front, visitor, target);
  }
  expect(upgradesOf(echo)).toHaveLength(before);
});

function upgradesOf({ reached }: Echo) {
  return reached.filter(({ fields }) => valuesOf(fields, 'upgrade').length > 0);
}

async function openSocket({ url }: Front, { cookieHeader }: Visitor): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}/api/proxy/echo/socket`, {
    headers: { cookie: cookieHeader, origin: url },
  });
  await once(socket, 'open');
  return socket;
}

async function refusalOf({ url }: Front, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${url.replace('http:', 'ws:')}/api/proxy/echo/socket`, { headers });
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, { statusCode = 0 }) => {
      resolve(statusCode);
      socket.terminate();
    });
    socket.on('open', () => reject(new Error('opened')));
    socket.on('error', () => undefined);
  });
}

function handshake({ url }: Front, { cookieHeader }: Visitor, target: string): string {
  const lines = [
    `GET ${target} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Origin: ${url}`,
    `Cookie: ${cookieHeader}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
