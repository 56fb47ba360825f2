import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { rawConnection, requestText } from '../fixtures/raw.ts';
import { closedPort, listen, mount, type RelayTest, relayTo } from '../fixtures/servers.ts';
import { stubRelay } from '../fixtures/stub-relay.ts';
import { expectSoon, pause } from '../fixtures/timing.ts';

const handshake = [
  'GET /api/proxy/live HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

interface SocketTest extends RelayTest {
  /** The API's ends of its WebSockets. */
  readonly ends: WebSocket[];
  /** Handshakes that arrived at the API. */
  readonly asked: string[];
}

/** An API that echoes, and a relay in front of it. */
async function echo(options: Parameters<typeof relayTo>[1] = {}): Promise<SocketTest> {
  const test = await relayTo((_request, response) => void response.writeHead(404).end('no'), options);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true, handleProtocols: () => 'chat' });
  const ends: WebSocket[] = [];
  const asked: string[] = [];
  test.api.server.on('upgrade', (request, socket, head) => {
    asked.push(`${request.url} ${request.rawHeaders.join(' ')}`);
    sockets.handleUpgrade(request, socket, head, (end) => {
      ends.push(end);
      end.on('message', (data, isBinary) => end.send(data, { binary: isBinary }));
      end.on('error', () => {});
    });
  });
  onTestFinished(() => sockets.clients.forEach((client) => client.terminate()));
  return { ...test, ends, asked };
}

function client(port: number, ...rest: [] | [string[]]): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/proxy/live?x=%20`, ...rest);
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  return socket;
}

async function opened(port: number, ...rest: [] | [string[]]): Promise<WebSocket> {
  const socket = client(port, ...rest);
  await once(socket, 'open');
  return socket;
}

describe('a WebSocket', () => {
  it('carries messages of every size both ways, compressed as both ends agreed', async () => {
    const { port } = await echo();
    const socket = await opened(port);
    expect(socket.extensions).toContain('permessage-deflate');
    for (const size of [0, 1, 125, 126, 65_536, 4 * 1024 * 1024]) {
      const message = Buffer.alloc(size, size % 251);
      socket.send(message);
      const [data] = await once(socket, 'message');
      expect(Buffer.compare(data, message)).toBe(0);
    }
  });

  it('tells the API path, token and protocol, and nothing that is the browser\u2019s alone', async () => {
    const { port, asked } = await echo();
    const socket = await opened(port, ['chat']);
    expect(socket.protocol).toBe('chat');
    expect(asked[0]).toMatch(/^\/api\/live\?x=%20 /);
    expect(asked[0]).toContain('authorization Bearer token-1');
    expect(asked[0]).not.toMatch(/cookie|forwarded|origin/i);
  });

  it('hands on the closing of either side, code and reason included', async () => {
    const { port, ends } = await echo();
    const first = await opened(port);
    first.close(4001, 'enough');
    const [code, reason] = await once(ends[0] ?? first, 'close');
    expect([code, String(reason)]).toEqual([4001, 'enough']);
    const second = await opened(port);
    ends[1]?.close(4002, 'me too');
    const [otherCode] = await once(second, 'close');
    expect(otherCode).toBe(4002);
  });

  it.each(['client', 'API'])('is closed on the other side within a second when the %s is cut off', async (side) => {
    const { port, ends } = await echo();
    const socket = await opened(port);
    await expectSoon(() => ends.length === 1);
    const [near, far] = side === 'client' ? [socket, ends[0]] : [ends[0], socket];
    near?.terminate();
    await expectSoon(() => far?.readyState === WebSocket.CLOSED, 1000);
  });

  it('may be silent for longer than the API may take to answer', async () => {
    const { port } = await echo({ timeoutMs: 200 });
    const socket = await opened(port);
    await pause(700);
    socket.send('still there');
    expect(String((await once(socket, 'message'))[0])).toBe('still there');
  });

  it('gets what either side sent right behind its handshake', async () => {
    const { port, api } = await relayTo(() => {});
    let heard = '';
    api.server.on('upgrade', (_request, socket: Duplex) => {
      socket.write(`${accepted}early from the API`);
      socket.on('data', (chunk) => (heard += chunk));
      onTestFinished(() => void socket.destroy());
    });
    const connection = await rawConnection(port, requestText(handshake, 'early from the client'));
    await connection.until(/early from the API$/);
    await expectSoon(() => heard === 'early from the client');
  });

  it('lets one side finish after the other has', async () => {
    const { port, api } = await relayTo(() => {});
    api.server.on('upgrade', (_request, socket: Duplex) => {
      socket.write(accepted);
      socket.resume().on('end', () => setTimeout(() => socket.end('last words'), 100));
      onTestFinished(() => void socket.destroy());
    });
    const connection = await rawConnection(port, requestText(handshake));
    await connection.until(/101 [^]*\r\n\r\n/);
    connection.socket.end();
    await connection.closed;
    expect(connection.received()).toMatch(/last words$/);
  });

  it('lets a client finish after the API has', async () => {
    const { port, api } = await relayTo(() => {});
    let heard = '';
    api.server.on('upgrade', (_request, socket: Duplex) => {
      socket.on('data', (chunk) => (heard += chunk)).end(accepted);
      onTestFinished(() => void socket.destroy());
    });
    const connection = await rawConnection(port, requestText(handshake), { allowHalfOpen: true });
    await connection.until(/101 [^]*\r\n\r\n/);
    await pause(100);
    connection.socket.end('last words');
    await expectSoon(() => heard === 'last words');
  });

  it('slows a sender whose reader is slow', async () => {
    const { port, ends } = await echo();
    const socket = await opened(port);
    await expectSoon(() => ends.length === 1);
    socket.pause();
    const message = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < 100; count += 1) ends[0]?.send(message, { compress: false });
    await pause(500);
    expect(ends[0]?.bufferedAmount).toBeGreaterThan(64 * 1024 * 1024);
    let received = 0;
    socket.on('message', () => (received += 1)).resume();
    await expectSoon(() => received === 100, 20_000);
  });

  it('ends on both sides within a second when its session ends', async () => {
    const { port, ends, relay } = await echo();
    const socket = await opened(port);
    await expectSoon(() => ends.length === 1);
    expect(relay.streams()).toBe(1);
    relay.endSession();
    await expectSoon(() => [socket, ends[0]].every((end) => end?.readyState === WebSocket.CLOSED), 1000);
    expect([relay.listeners(), relay.streams()]).toEqual([0, 0]);
  });

  it('ends with an orderly stop', async () => {
    const { port, handler } = await echo();
    const socket = await opened(port);
    await handler.close();
    await expectSoon(() => socket.readyState === WebSocket.CLOSED, 1000);
  });
});

describe('a handshake', () => {
  it('that the relay refuses gets a plain answer, and the API hears nothing', async () => {
    const { port, asked } = await echo();
    const connection = await rawConnection(port, requestText([...handshake, 'X-Refuse: 1']));
    await connection.closed;
    expect(connection.received()).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n[^]*connection: close[^]*cross_site_request"}$/i,
    );
    expect(asked).toEqual([]);
  });

  it('of HTTP/1.0 is none, and the relay is not even asked', async () => {
    const { port, relay } = await echo();
    const connection = await rawConnection(port, requestText(handshake.with(0, 'GET /api/proxy/live HTTP/1.0')));
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(relay.judged).toEqual([]);
  });

  it('that the API refuses passes its answer', async () => {
    const { port } = await relayTo((_request, response) => {
      response.writeHead(403, { 'content-type': 'text/plain', 'set-cookie': 'a=b' }).end('x'.repeat(300_000));
    });
    const connection = await rawConnection(port, requestText(handshake));
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    expect(connection.received().match(/x/g)?.length).toBeGreaterThan(299_999);
    expect(connection.received()).not.toContain('set-cookie');
  });

  it('is sent again with a newer token, once', async () => {
    const { port, api, relay } = await relayTo(() => {}, { newToken: 'token-2' });
    const tokens: (string | undefined)[] = [];
    api.server.on('upgrade', ({ headers }, socket: Duplex) => {
      tokens.push(headers.authorization);
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno');
    });
    const connection = await rawConnection(port, requestText(handshake));
    await connection.until(/401[^]*no$/);
    expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
    await connection.closed;
    expect(relay.listeners()).toBe(0);
  });

  it.each([
    ['unreachable', 502],
    ['silent', 504],
    ['rude', 502],
    ['wrong in its accept', 502],
    ['of another protocol', 502],
  ])('to an API that is %s is answered with %i', async (how, status) => {
    const { api } = await relayTo(() => {});
    api.server.on('upgrade', (_request, socket: Duplex) => {
      onTestFinished(() => void socket.destroy());
      if (how === 'rude') socket.destroy();
      if (how === 'wrong in its accept') socket.write(accepted.replace('s3p', 'xxx'));
      if (how === 'of another protocol') socket.write(accepted.replace('websocket', 'h2c'));
    });
    const upstream = how === 'unreachable' ? `http://127.0.0.1:${await closedPort()}` : api.origin;
    const { port } = await mount({ relay: stubRelay({ upstream, timeoutMs: 300 }) });
    const connection = await rawConnection(port, requestText(handshake));
    await connection.closed;
    expect(connection.received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('whose client leaves is taken back from the API within a second', async () => {
    const { port, api, relay } = await relayTo(() => {});
    let state = 'none';
    api.server.on('upgrade', (_request, socket: Duplex) => {
      state = 'asked';
      socket.resume().on('end', () => (state = 'closed'));
      socket.on('error', () => {});
    });
    const connection = await rawConnection(port, requestText(handshake));
    await expectSoon(() => state === 'asked');
    connection.socket.destroy();
    await expectSoon(() => state === 'closed', 1000);
    await expectSoon(() => relay.listeners() === 0, 1000);
  });

  it('behind a pipelined request closes the connection, and nothing else', async () => {
    const { port, origin, asked } = await echo();
    const slow = requestText(['GET /api/proxy/slow HTTP/1.1', 'Host: x']);
    const connection = await rawConnection(port, `${slow}${requestText(handshake)}`);
    await connection.closed;
    expect(asked).toEqual([]);
    expect((await fetch(`${origin}/api/proxy/notes`)).status).toBe(404);
  });

  it.each(['http://evil.example/api/proxy/live', '//evil.example/live', '/api/proxy/\x01live', '/api/proxy/a b'])(
    'for %j reaches nothing',
    async (path) => {
      const { port, asked } = await echo();
      const lines = handshake.with(0, `GET ${path} HTTP/1.1`);
      const connection = await rawConnection(port, requestText(lines));
      await connection.closed;
      expect(asked).toEqual([]);
    },
  );
});

describe('an API behind TLS', () => {
  it('is refused when its certificate is nobody\u2019s', async () => {
    const server = createTlsServer({});
    onTestFinished(() => void server.close());
    const relay = stubRelay({ upstream: `https://127.0.0.1:${await listen(server)}` });
    const { port } = await mount({ relay });
    const connection = await rawConnection(port, requestText(handshake));
    expect(await connection.until(/broken/)).toMatch(/^HTTP\/1\.1 502/);
  });
});

const accepted = requestText([
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
]);
