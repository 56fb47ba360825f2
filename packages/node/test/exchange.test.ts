import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rawConnection, requestText } from './fixtures/raw.ts';
import { closedPort, mount, relayTo } from './fixtures/servers.ts';
import { stubRelay } from './fixtures/stub-relay.ts';
import { expectSoon, pause } from './fixtures/timing.ts';

describe('what goes to the API', () => {
  it('is the method, the raw target and the fields that the relay let through', async () => {
    const seen: string[] = [];
    const { origin } = await relayTo((request, response) => {
      seen.push(`${request.method} ${request.url}`, ...request.rawHeaders);
      response.end();
    });
    await fetch(`${origin}/api/proxy/notes/a%20b?x=1&x=%2F&y`, {
      method: 'PUT',
      headers: { 'x-test': 'kept', cookie: 'a=b', 'x-forwarded-for': '9.9.9.9' },
      body: 'text',
    });
    expect(seen[0]).toBe('PUT /api/notes/a%20b?x=1&x=%2F&y');
    expect(seen.join(' ')).toContain('authorization Bearer token-1');
    expect(seen.join(' ')).toContain('x-test kept');
    expect(seen.join(' ')).toContain('content-length 4');
    expect(seen.join(' ')).not.toMatch(/cookie|forwarded/i);
  });

  it('is judged by the raw target, the raw fields and whether a body follows', async () => {
    const { relay, port } = await relayTo((_request, response) => void response.end());
    const connection = await rawConnection(
      port,
      requestText(['GET /api/proxy/n?a=%2e HTTP/1.1', 'Host: x', 'X-Test: 1', 'x-test: 2']),
    );
    await connection.until(/200 OK/);
    expect(relay.judged).toEqual([
      {
        method: 'GET',
        target: '/api/proxy/n?a=%2e',
        headers: [
          ['Host', 'x'],
          ['X-Test', '1'],
          ['x-test', '2'],
        ],
        hasBody: false,
      },
    ]);
  });

  it('is given the context of the host', async () => {
    const contexts: unknown[] = [];
    const inner = stubRelay({ upstream: `http://127.0.0.1:${await closedPort()}` });
    const judge: typeof inner.judge = (request, context) => {
      contexts.push(context);
      return inner.judge(request);
    };
    const { origin } = await mount({
      relay: { ...inner, judge },
      contextOf: ({ socket }) => ({ clientAddress: socket.remoteAddress }),
    });
    await fetch(`${origin}/api/proxy/notes`);
    expect(contexts).toEqual([{ clientAddress: '127.0.0.1' }]);
  });

  it('shares connections: a hundred calls in a row need one', async () => {
    const ports = new Set<number | undefined>();
    const { origin } = await relayTo((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    for (let call = 0; call < 100; call += 1) await (await fetch(`${origin}/api/proxy/notes`)).text();
    expect(ports.size).toBe(1);
  });
});

describe('what comes back', () => {
  it('keeps status, reason, repeated fields and the bytes of the body', async () => {
    const body = gzipSync('a text that is worth its compression '.repeat(50));
    const { port } = await relayTo((_request, response) => {
      response.writeHead(207, 'Multi Status', [
        'content-encoding',
        'gzip',
        'link',
        '<a>',
        'link',
        '<b>',
        'content-length',
        String(body.byteLength),
        'x-latin',
        'caf\xe9',
      ]);
      response.end(body);
    });
    const connection = await rawConnection(
      port,
      requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x', 'Connection: close']),
    );
    await connection.closed;
    const [head = '', ...rest] = connection.received().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 207 Multi Status\r\n/);
    expect(head).toContain('link: <a>\r\nlink: <b>\r\n');
    expect(head).toContain('x-latin: caf\xe9');
    expect(Buffer.from(rest.join('\r\n\r\n'), 'latin1')).toEqual(body);
  });

  it.each(['h\u00f6flich', ''])('survives the reason phrase %j', async (reason) => {
    const { port } = await relayTo((request) => {
      request.socket.end(`HTTP/1.1 200 ${reason}\r\ncontent-length: 2\r\n\r\nok`);
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']));
    expect(await connection.until(/ok$/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('follows no redirect', async () => {
    const { origin, api } = await relayTo((_request, response) => {
      response.writeHead(302, { location: `${api.origin}/elsewhere` }).end();
    });
    const response = await fetch(`${origin}/api/proxy/notes`, { redirect: 'manual' });
    expect(response.status).toBe(302);
  });

  it.each([
    ['HEAD', 200, '1234'],
    ['GET', 304, '1234'],
    ['GET', 204, undefined],
  ])('has no body for %s and %i, and the connection goes on', async (method, status, length) => {
    const { port } = await relayTo((_request, response) => {
      response.writeHead(status, length === undefined ? {} : { 'content-length': length }).end();
    });
    const text = requestText([`${method} /api/proxy/n HTTP/1.1`, 'Host: x']);
    const connection = await rawConnection(port, text);
    await connection.until(/\r\n\r\n/);
    connection.socket.write(text);
    const both = await connection.until(/HTTP[^]*HTTP[^]*\r\n\r\n$/);
    expect(both.match(/HTTP\/1\.1 /g)).toHaveLength(2);
    expect(both.toLowerCase().includes('content-length: 1234')).toBe(length !== undefined);
  });

  it.each([102, 103])('leaves out the interim answer %i', async (status) => {
    const { port } = await relayTo((request) => {
      request.socket.write(
        `HTTP/1.1 ${status} Wait\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok`,
      );
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']));
    expect(await connection.until(/ok$/)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('drops trailers', async () => {
    const { port } = await relayTo((_request, response) => {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('body');
      response.addTrailers({ 'x-sum': '1' });
      response.end();
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']));
    expect(await connection.until(/\r\n0\r\n(.*\r\n)?\r\n$/)).not.toContain('x-sum');
  });

  it('is the answer of a second attempt after a 401 without a body', async () => {
    const { origin } = await relayTo(
      ({ headers }, response) => {
        const isNew = headers.authorization === 'Bearer token-2';
        response.writeHead(isNew ? 200 : 401).end(isNew ? 'new' : 'old');
      },
      { newToken: 'token-2' },
    );
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.text()]).toEqual([200, 'new']);
  });

  it.each([
    ['GET', 'token-2'],
    ['HEAD', 'token-2'],
    ['HEAD', undefined],
    ['GET', undefined],
  ])('is the 401 itself when %s gets it again (new token: %s)', async (method, newToken) => {
    const { origin } = await relayTo(
      (_request, response) => void response.writeHead(401).end('no'),
      newToken === undefined ? {} : { newToken },
    );
    const response = await fetch(`${origin}/api/proxy/notes`, { method });
    expect([response.status, await response.text()]).toEqual([401, method === 'HEAD' ? '' : 'no']);
  });

  it.each([
    ['is asked for twice, and no third time', 'token-2', [200, 'new', 2]],
    ['is the 401 as it came', undefined, [401, 'no', 1]],
  ] as const)('%s, when the API hangs up while the token is renewed', async (_what, newToken, expected) => {
    let calls = 0;
    const renewal = pause(100);
    const { origin } = await relayTo(
      ({ headers }, response) => {
        calls += 1;
        if (headers.authorization === 'Bearer token-2') return void response.end('new');
        response.writeHead(401, { connection: 'close' }).end('no');
      },
      { renewal, ...(newToken !== undefined && { newToken }) },
    );
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.text(), calls]).toEqual(expected);
  });

  it('is a failure when the API resets a 401 of which half is missing while the token is renewed', async () => {
    let calls = 0;
    const { origin } = await relayTo(
      ({ socket }, response) => {
        calls += 1;
        response.writeHead(401, { 'content-length': 4 }).write('no');
        setTimeout(() => socket.resetAndDestroy(), 20);
      },
      { renewal: pause(100) },
    );
    const asked = fetch(`${origin}/api/proxy/notes`).then((response) => response.text());
    await expect(asked).rejects.toThrow(TypeError);
    expect(calls).toBe(1);
  });

  it('is the 401 itself when a body was sent', async () => {
    let calls = 0;
    const { origin } = await relayTo(
      (request, response) => {
        calls += 1;
        request.resume().on('end', () => response.writeHead(401).end('no'));
      },
      { newToken: 'token-2' },
    );
    const response = await fetch(`${origin}/api/proxy/notes`, { method: 'POST', body: 'x' });
    expect([response.status, calls]).toEqual([401, 1]);
  });
});

describe('an API that fails', () => {
  it('is unreachable when nobody listens', async () => {
    const relay = stubRelay({ upstream: `http://127.0.0.1:${await closedPort()}` });
    const { origin } = await mount({ relay });
    const response = await fetch(`${origin}/api/proxy/notes`, { method: 'POST', body: 'a body' });
    expect([response.status, await response.json()]).toEqual([502, { code: 'unreachable' }]);
    expect(relay.failures).toEqual(['ECONNREFUSED']);
  });

  it('is unreachable when its name means nothing', async () => {
    const relay = stubRelay({ upstream: 'http://nobody.invalid' });
    const { origin } = await mount({ relay });
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.json()]).toEqual([502, { code: 'unreachable' }]);
  });

  it('is broken when it hangs up before its head', async () => {
    const { origin, relay } = await relayTo(({ socket }) => socket.destroy());
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.json()]).toEqual([502, { code: 'broken' }]);
    expect(relay.failures).toEqual(['UND_ERR_SOCKET']);
  });

  it('is broken when it hangs up in the middle of an upload', async () => {
    const { origin } = await relayTo((request) => void request.once('data', () => request.socket.destroy()));
    const response = await fetch(`${origin}/api/proxy/notes`, { method: 'POST', body: Buffer.alloc(32 * 1024 * 1024) });
    expect([response.status, await response.json()]).toEqual([502, { code: 'broken' }]);
  });

  it('is broken when its framing contradicts itself', async () => {
    const { origin } = await relayTo(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n');
    });
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.json()]).toEqual([502, { code: 'broken' }]);
  });

  it('is broken when it asks for a body that it was not offered', async () => {
    const { origin } = await relayTo((request) => {
      request.socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.json()]).toEqual([502, { code: 'broken' }]);
  });

  it('times out when its head does not come, and is hung up on', async () => {
    let isClosed = false;
    const { origin } = await relayTo(({ socket }) => void socket.on('close', () => (isClosed = true)), {
      timeoutMs: 300,
    });
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect([response.status, await response.json()]).toEqual([504, { code: 'timeout' }]);
    await expectSoon(() => isClosed);
  });

  it('may take its time over the body', async () => {
    const { origin } = await relayTo(
      (_request, response) => {
        response.write('first ');
        setTimeout(() => response.end('last'), 1200);
      },
      { timeoutMs: 300 },
    );
    const response = await fetch(`${origin}/api/proxy/notes`);
    expect(await response.text()).toBe('first last');
  });

  it.each(['1.1', '1.0'])('never ends a body early as if it were whole (HTTP/%s)', async (version) => {
    const { port } = await relayTo((_request, response) => {
      response.write('half of ');
      setTimeout(() => response.socket?.destroy(), 100);
    });
    const connection = await rawConnection(port, requestText([`GET /api/proxy/n HTTP/${version}`, 'Host: x']));
    await connection.until(/half of /);
    const ending = await connection.closed;
    expect(connection.received()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(ending === 'reset').toBe(version === '1.0');
  });

  it('sends less than it announced: the client sees it', async () => {
    const { origin } = await relayTo((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.socket?.destroy(), 50);
    });
    const response = await fetch(`${origin}/api/proxy/notes`);
    await expect(response.text()).rejects.toThrow(/terminated/);
  });
});

describe('a client that leaves', () => {
  it.each([
    ['before the head', false],
    ['in the middle of the body', true],
  ])('closes the upstream within a second: %s', async (_when, hasHead) => {
    let isClosed = false;
    let isAsked = false;
    const { port, relay } = await relayTo((request, response) => {
      isAsked = true;
      request.socket.on('close', () => (isClosed = true));
      if (hasHead) response.write('something');
    });
    const connection = await rawConnection(port, requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']));
    await (hasHead ? connection.until(/something/) : expectSoon(() => isAsked));
    connection.socket.destroy();
    await expectSoon(() => isClosed, 1000);
    expect(relay.listeners()).toBe(0);
  });

  it('in the middle of an upload leaves the API with an incomplete request', async () => {
    const ends: string[] = [];
    const { port } = await relayTo((request) => {
      request.on('data', () => ends.push('data')).on('end', () => ends.push('end'));
      request.on('error', () => ends.push('error'));
    });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Content-Length: 1000'];
    const connection = await rawConnection(port, requestText(head, 'only a part'));
    await expectSoon(() => ends.includes('data'));
    connection.socket.end();
    await expectSoon(() => ends.includes('error'), 1000);
    expect(ends).not.toContain('end');
  });

  it('in the middle of a chunk leaves the API with an incomplete request', async () => {
    const ends: string[] = [];
    const { port } = await relayTo((request) => {
      request.on('data', () => ends.push('data')).on('end', () => ends.push('end'));
      request.on('error', () => ends.push('error'));
    });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked'];
    const connection = await rawConnection(port, requestText(head, '5\r\nhello\r\n5\r\nhe'));
    await expectSoon(() => ends.includes('data'));
    connection.socket.destroy();
    await expectSoon(() => ends.includes('error'), 1000);
    expect(ends).not.toContain('end');
  });

  it('while its answer is queued behind another closes both upstreams', async () => {
    let open = 0;
    const { port } = await relayTo((request) => {
      open += 1;
      request.socket.on('close', () => (open -= 1));
    });
    const text = requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x']);
    const connection = await rawConnection(port, `${text}${text}`);
    await expectSoon(() => open === 2);
    connection.socket.destroy();
    await expectSoon(() => open === 0, 1000);
  });
});

describe('an upload', () => {
  it('goes in chunks when the client gave no length', async () => {
    const seen: string[] = [];
    const { port } = await relayTo((request, response) => {
      seen.push(`${request.headers['transfer-encoding']} ${request.headers['content-length']}`);
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString())).on('end', () => response.end('all'));
    });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked'];
    const connection = await rawConnection(port, requestText(head, '5\r\nhello\r\n'));
    await expectSoon(() => seen.includes('hello'));
    connection.socket.write('1\r\n!\r\n0\r\nx-trailer: 1\r\n\r\n');
    await connection.until(/all/);
    expect(seen).toEqual(['chunked undefined', 'hello', '!']);
  });

  it('is asked for only when the relay forwards it', async () => {
    const { port } = await relayTo((request, response) => void request.resume().on('end', () => response.end('done')));
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Expect: 100-continue'];
    const forwarded = await rawConnection(port, requestText(head));
    await forwarded.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    forwarded.socket.write('body');
    expect(await forwarded.until(/done/)).toMatch(/200 OK/);

    const refused = await rawConnection(port, requestText([...head, 'X-Refuse: 1']));
    await refused.closed;
    expect(refused.received()).toMatch(/^HTTP\/1\.1 403/);
  });

  it('is not asked for when the API cannot be reached', async () => {
    const { port } = await mount({ relay: stubRelay({ upstream: `http://127.0.0.1:${await closedPort()}` }) });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Content-Length: 4', 'Expect: 100-continue'];
    const connection = await rawConnection(port, requestText(head));
    expect(await connection.until(/unreachable/)).toMatch(/^HTTP\/1\.1 502/);
  });

  it.each([
    ['refused by the relay', ['X-Refuse: 1'], 403],
    ['answered early by the API', [], 413],
  ])('that is %s is answered, and not read to its end', async (_who, fields, status) => {
    const { port } = await relayTo((_request, response) => {
      response.writeHead(413, { 'content-length': 3 }).end('big');
    });
    const gigabytes = 50 * 1024 ** 3;
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', `Content-Length: ${gigabytes}`, ...fields];
    const connection = await rawConnection(port, requestText(head));
    const chunk = Buffer.alloc(64 * 1024);
    const push = () => {
      while (!connection.socket.destroyed && connection.socket.write(chunk));
    };
    connection.socket.on('drain', push);
    push();
    const text = await connection.until(/\r\n\r\n./);
    expect(text).toContain(`HTTP/1.1 ${status}`);
    expect(text.toLowerCase()).toContain('connection: close');
    await connection.closed;
    expect(connection.socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
  });

  it('that is short and refused costs no connection', async () => {
    const { port } = await relayTo((_request, response) => void response.end('second'));
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Content-Length: 1000', 'X-Refuse: 1'];
    const connection = await rawConnection(port, requestText(head));
    await connection.until(/403/);
    connection.socket.write(`${'x'.repeat(1000)}${requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x'])}`);
    expect(await connection.until(/second/)).toContain('200 OK');
  });

  it('that the API answers before its short end costs no connection either', async () => {
    const { port } = await relayTo((request, response) => {
      if (request.method === 'POST') response.writeHead(409, { 'content-length': 5 }).end('early');
      else response.end('second');
    });
    const head = ['POST /api/proxy/n HTTP/1.1', 'Host: x', 'Content-Length: 1000'];
    const connection = await rawConnection(port, requestText(head, 'x'));
    await connection.until(/early/);
    connection.socket.write(`${'x'.repeat(999)}${requestText(['GET /api/proxy/n HTTP/1.1', 'Host: x'])}`);
    expect(await connection.until(/second/)).toContain('200 OK');
  });

  it('flows both ways at once', async () => {
    const { port } = await relayTo((incoming, response) => void incoming.pipe(response));
    const echo = request({ port, host: '127.0.0.1', path: '/api/proxy/echo', method: 'POST' });
    let text = '';
    echo.on('response', (response) => void response.on('data', (chunk: Buffer) => (text += chunk.toString())));
    echo.write('one');
    await expectSoon(() => text === 'one');
    echo.end('two');
    await expectSoon(() => text === 'onetwo');
  });
});
