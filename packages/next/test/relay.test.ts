import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { Footbridge } from '../src/footbridge.ts';
import { relayHandlers } from '../src/relay.ts';
import { scriptRequest } from './fixture.ts';
import { bodyOf, pause, relayTo, startRawUpstream, startUpstream } from './upstream.ts';

const megabyte = 1024 * 1024;
const soon = { timeout: 1_000, interval: 5 };
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const codeOf = async (response: Response) => {
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'code' in body ? [response.status, body.code] : response.status;
};

describe('a relayed call', () => {
  it('reaches the API as it was asked, with the token', async () => {
    const seen: IncomingMessage[] = [];
    const { url } = await startUpstream((incoming, outgoing) => {
      seen.push(incoming);
      outgoing.writeHead(201, 'Made', { 'content-type': 'application/json', 'content-length': '7', etag: '"1"' });
      outgoing.end('{"a":1}');
    });
    const { get } = await relayTo(url);
    const response = await get('/notes/a%20b;v=1?a=1&a=2&b=%20+%2B&c', { headers: { accept: 'application/json' } });
    expect([response.status, response.statusText, await response.text()]).toEqual([201, 'Made', '{"a":1}']);
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'private, no-store',
      'content-length': '7',
      'content-security-policy': "frame-ancestors 'none'",
      'content-type': 'application/json',
      'cross-origin-resource-policy': 'same-origin',
      etag: '"1"',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(seen[0]?.url).toBe('/api/notes/a%20b;v=1?a=1&a=2&b=%20+%2B&c');
    expect(seen[0]?.headers).toEqual({
      host: new URL(url).host,
      connection: 'keep-alive',
      authorization: expect.stringMatching(/^Bearer ey/),
      'x-request-id': response.headers.get('x-request-id'),
      accept: 'application/json',
      'accept-encoding': 'identity',
    });
  });

  it('reuses its connections', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.end('ok'));
    const { get } = await relayTo(url);
    for (let times = 0; times < 20; times += 1) expect(await (await get('/notes')).text()).toBe('ok');
    expect(sockets.length).toBeLessThan(4);
  });

  it('follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const { url } = await startUpstream((incoming, outgoing) => {
      paths.push(incoming.url);
      outgoing.writeHead(302, { location: `http://${incoming.headers.host}/api/notes/2` }).end();
    });
    const response = await (await relayTo(url)).get('/notes/1');
    expect([response.status, response.headers.get('location'), paths]).toEqual([
      302,
      '/api/proxy/notes/2',
      ['/api/notes/1'],
    ]);
  });

  it('takes no cookie of the API', async () => {
    const cookies = Array.from({ length: 50 }, (_, index) => `c${index}=1; Path=/; Domain=localhost`);
    const { url } = await startUpstream((_incoming, outgoing) => outgoing.setHeader('set-cookie', cookies).end());
    expect((await (await relayTo(url)).get('/notes')).headers.getSetCookie()).toEqual([]);
  });

  it('waits for the answer behind informational ones', async () => {
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeEarlyHints({ link: '</a.css>; rel=preload' });
      outgoing.writeProcessing();
      outgoing.writeHead(200, { 'content-type': 'text/plain' }).end('done');
    });
    const response = await (await relayTo(url)).get('/notes');
    expect([response.status, response.headers.get('link'), await response.text()]).toEqual([200, null, 'done']);
  });

  it('is refused before anything is sent', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.end());
    const { handlers, request } = await relayTo(url);
    expect(await codeOf(await handlers.GET(scriptRequest('/api/proxy/notes')))).toEqual([401, 'unauthenticated']);
    const foreign = request('/notes', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(await codeOf(await handlers.GET(foreign))).toEqual([403, 'cross_site_request']);
    expect(await codeOf(await handlers.OPTIONS(request('/notes', { method: 'OPTIONS' })))).toEqual([
      405,
      'method_not_allowed',
    ]);
    expect(await codeOf(await handlers.GET(request('/a%2fb')))).toEqual([400, 'invalid_request']);
    expect(await codeOf(await handlers.GET(request('/Login')))).toEqual([404, 'not_found']);
    expect(sockets).toEqual([]);
  });

  it('is tried once more where core says so, and the first answer is dropped', async () => {
    const { url } = await startUpstream((incoming, outgoing) => {
      const isSecond = incoming.headers.authorization === 'Bearer second';
      if (isSecond) outgoing.end('second');
      else outgoing.writeHead(401).write('x'.repeat(megabyte)); // and never ends
    });
    const { footbridge, request } = await relayTo(url);
    const response = await relayHandlers(withSecondToken(footbridge)).GET(request('/notes'));
    expect([response.status, await response.text()]).toEqual([200, 'second']);
  });
});

describe('an answer without a body', () => {
  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const)('to %s with %i stays one', async (method, status) => {
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(status, { etag: '"1"', ...(status === 200 && { 'content-length': '5' }) }).end();
    });
    const { handlers, request } = await relayTo(url);
    const response = await handlers[method](request('/notes', { method }));
    expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"']);
    expect(response.headers.get('content-length')).toBe(status === 200 ? '5' : null);
  });

  it('leaves its connection to the next call', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.writeHead(204).end());
    const { get } = await relayTo(url);
    for (let times = 0; times < 20; times += 1) expect((await get('/notes')).status).toBe(204);
    expect(sockets.length).toBeLessThan(4);
  });
});

describe('a download', () => {
  it('of 20 MB arrives byte for byte', async () => {
    const data = randomBytes(20 * megabyte);
    const { url } = await startUpstream((_incoming, outgoing) => outgoing.end(data));
    const response = await (await relayTo(url)).get('/notes/1/attachment');
    expect(response.headers.get('content-length')).toBe(String(data.length));
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(data));
  });

  it('of chunks arrives byte for byte', async () => {
    const parts = Array.from({ length: 500 }, (_, index) => randomBytes(1 + index * 7));
    const { url } = await startUpstream((_incoming, outgoing) => {
      for (const part of parts) outgoing.write(part);
      outgoing.end();
    });
    const response = await (await relayTo(url)).get('/notes/export');
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(Buffer.concat(parts)));
  });

  it('waits for a browser that reads slowly', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    const { url } = await startUpstream((_incoming, outgoing) => {
      const write = () => {
        do written += chunk.length;
        while (outgoing.write(chunk) && written < 200 * megabyte);
      };
      outgoing.on('drain', write);
      write();
    });
    const response = await (await relayTo(url)).get('/notes/export');
    await pause(500);
    const stalled = written;
    await pause(300);
    expect([written, written < 32 * megabyte]).toEqual([stalled, true]);
    const reader = response.body?.getReader();
    for (let times = 0; times < 2_000; times += 1) await reader?.read();
    await vi.waitUntil(() => written > stalled, soon);
    await reader?.cancel();
  });

  it('that the API breaks off does not look complete', async () => {
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.write('half of');
      setTimeout(() => outgoing.destroy(), 50);
    });
    const response = await (await relayTo(url)).get('/notes');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(/other side closed/);
  });

  it('shorter than announced does not look complete', async () => {
    const { url } = await startRawUpstream((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort'));
    await expect((await (await relayTo(url)).get('/notes')).text()).rejects.toThrow(/other side closed/);
  });

  it('that the browser cancels closes the connection', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.write('first'));
    const response = await (await relayTo(url)).get('/notes/events');
    await response.body?.cancel();
    expect(await vi.waitUntil(() => sockets[0]?.destroyed, soon)).toBe(true);
  });
});

describe('an event stream', () => {
  it('starts before its first event, and every event leaves at once', async () => {
    let say: ((event: string) => void) | undefined;
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      say = (event) => void outgoing.write(event);
    });
    const response = await (await relayTo(url)).get('/notes/events');
    expect(response.headers.get('cache-control')).toBe('private, no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const reader = response.body?.getReader();
    expect(await reader?.read()).toEqual({ done: false, value: new Uint8Array() });
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      say?.(event);
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(event);
    }
    await reader?.cancel();
  });

  it('ends with the session', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    });
    const { footbridge, cookie, get } = await relayTo(url);
    const response = await get('/notes/events');
    const text = response.text();
    await pause(50);
    await footbridge.bff().logout.handle(scriptRequest('/api/logout', { method: 'POST', headers: { cookie } }));
    expect(await text).toBe('data: 1\n\n');
    await vi.waitUntil(() => sockets[0]?.destroyed, soon);
  });
});

describe('an upload', () => {
  const data = randomBytes(20 * megabyte);

  it.each([
    ['a length', { 'content-length': String(data.length) }, String(data.length), undefined],
    ['chunks', { 'transfer-encoding': 'chunked' }, undefined, 'chunked'],
    ['nothing that frames it', {}, undefined, 'chunked'],
  ])('of 20 MB with %s arrives byte for byte', async (_name, headers, length, encoding) => {
    const { url } = await startUpstream((incoming, outgoing) => {
      void bodyOf(incoming).then((body) =>
        outgoing.end(
          JSON.stringify([sha256(body), incoming.headers['content-length'], incoming.headers['transfer-encoding']]),
        ),
      );
    });
    const { post } = await relayTo(url);
    const response = await post('/notes/1/attachment', { headers, body: streamOf(data), duplex: 'half' });
    expect(await response.text()).toBe(JSON.stringify([sha256(data), length, encoding]));
  });

  it('that is compressed stays so', async () => {
    const compressed = gzipSync('hello');
    const { url } = await startUpstream((incoming, outgoing) => {
      void bodyOf(incoming).then((body) => outgoing.end(`${incoming.headers['content-encoding']} ${sha256(body)}`));
    });
    const { post } = await relayTo(url);
    const headers = { 'content-encoding': 'gzip', 'content-length': String(compressed.length) };
    expect(await (await post('/notes', { headers, body: compressed })).text()).toBe(`gzip ${sha256(compressed)}`);
  });

  it.each<readonly [string, RequestInit & { duplex?: 'half' }]>([
    ['a length of 0', { headers: { 'content-length': '0' } }],
    [
      'a stream that is empty',
      { body: new ReadableStream({ start: (controller) => controller.close() }), duplex: 'half' },
    ],
    ['nothing', {}],
  ])('of %s is no body', async (_name, init) => {
    const { url } = await startUpstream((incoming, outgoing) => {
      outgoing.end(`${incoming.headers['content-length']} ${incoming.headers['transfer-encoding']}`);
    });
    expect(await (await (await relayTo(url)).post('/notes', init)).text()).toBe('0 undefined');
  });

  it('waits for an API that reads slowly', async () => {
    const { url } = await startUpstream((incoming) => void incoming.once('data', () => incoming.pause()));
    const { handlers, request } = await relayTo(url);
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await pause(0);
        given += megabyte;
        controller.enqueue(new Uint8Array(megabyte));
      },
    });
    const leave = new AbortController();
    const headers = { 'transfer-encoding': 'chunked' };
    const init = { method: 'POST', headers, body, duplex: 'half', signal: leave.signal } as const;
    const answer = handlers.POST(request('/notes', init));
    await vi.waitUntil(() => given > 0, soon);
    await pause(500);
    const stalled = given;
    await pause(300);
    expect([given, given < 32 * megabyte]).toEqual([stalled, true]);
    leave.abort();
    expect((await answer).status).toBe(499);
  });

  it('that is refused is never read', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.end());
    const { handlers } = await relayTo(url);
    let pulls = 0;
    const body = new ReadableStream({ pull: () => void (pulls += 1) }, { highWaterMark: 0 });
    const headers = { 'transfer-encoding': 'chunked' };
    const request = scriptRequest('/api/proxy/notes', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect((await handlers.POST(request)).status).toBe(401);
    expect([pulls, sockets.length, request.bodyUsed]).toEqual([0, 0, false]);
  });

  it('that the browser breaks off is never completed', async () => {
    const ends: string[] = [];
    const { url } = await startUpstream((incoming) => {
      incoming.on('data', () => undefined);
      incoming.on('end', () => ends.push('end')).on('error', () => ends.push('error'));
    });
    const { post } = await relayTo(url);
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(100_000)),
      async pull(controller) {
        await pause(50);
        controller.error(new Error('gone'));
      },
    });
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await post('/notes', { headers, body, duplex: 'half' })).status).toBe(499);
    await vi.waitUntil(() => ends.length > 0, soon);
    expect(ends).toEqual(['error']);
  });

  it('that the API answers early is read to its end, for the connection\u2019s sake', async () => {
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(413, { 'content-type': 'text/plain', connection: 'close' }).end('too large');
    });
    const { post } = await relayTo(url);
    let given = 0;
    const body = new ReadableStream({
      pull(controller) {
        given += 1;
        if (given > 300) controller.close();
        else controller.enqueue(new Uint8Array(100_000));
      },
    });
    const response = await post('/notes', { headers: { 'transfer-encoding': 'chunked' }, body, duplex: 'half' });
    expect([response.status, await response.text()]).toEqual([413, 'too large']);
    await vi.waitUntil(() => given > 300, { timeout: 10_000 });
  });
});

describe('a browser that leaves', () => {
  it('before the answer closes the connection', async () => {
    const { url, sockets } = await startUpstream(() => undefined);
    const { handlers, request } = await relayTo(url);
    const leave = new AbortController();
    const answer = handlers.GET(request('/notes', { signal: leave.signal }));
    await vi.waitUntil(() => sockets.length === 1, soon);
    leave.abort();
    await vi.waitUntil(() => sockets[0]?.destroyed, soon);
    expect((await answer).status).toBe(499);
  });

  it('before the connection is made leaves none behind', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.end());
    const { handlers, request } = await relayTo(url);
    expect((await handlers.GET(request('/notes', { signal: AbortSignal.abort() }))).status).toBe(499);
    await pause(50);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it('amid the answer closes the connection', async () => {
    const { url, sockets } = await startUpstream((_incoming, outgoing) => outgoing.write('x'.repeat(megabyte)));
    const { handlers, request } = await relayTo(url);
    const leave = new AbortController();
    const response = await handlers.GET(request('/notes', { signal: leave.signal }));
    leave.abort();
    await vi.waitUntil(() => sockets[0]?.destroyed, soon);
    await expect(response.text()).rejects.toThrow(/the browser has gone/);
  });
});

describe('an API that fails', () => {
  it('by not listening is 502', async () => {
    const response = await (await relayTo('http://127.0.0.1:1')).get('/notes');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(await codeOf(response)).toEqual([502, 'bad_gateway']);
  });

  it('by a name that nobody knows is 502', async () => {
    expect(await codeOf(await (await relayTo('http://nowhere.invalid')).get('/notes'))).toEqual([502, 'bad_gateway']);
  });

  it('by hanging up is 502', async () => {
    const { url } = await startUpstream((incoming) => incoming.destroy());
    expect(await codeOf(await (await relayTo(url)).get('/notes'))).toEqual([502, 'bad_gateway']);
  });

  it('by hanging up on an upload is 502', async () => {
    const { url } = await startUpstream((incoming) => void incoming.once('data', () => incoming.destroy()));
    const { post } = await relayTo(url);
    const leave = new AbortController();
    const body = new ReadableStream({
      async pull(controller) {
        await pause(0);
        if (leave.signal.aborted) controller.close();
        else controller.enqueue(new Uint8Array(100_000));
      },
    });
    const headers = { 'transfer-encoding': 'chunked' };
    const response = await post('/notes', { headers, body, duplex: 'half', signal: leave.signal });
    expect(await codeOf(response)).toEqual([502, 'bad_gateway']);
    leave.abort();
  });

  it('by silence is 504', async () => {
    const { url, sockets } = await startUpstream(() => undefined);
    const { get } = await relayTo(url, { timeoutSeconds: 0.2 });
    expect(await codeOf(await get('/notes'))).toEqual([504, 'gateway_timeout']);
    await vi.waitUntil(() => sockets[0]?.destroyed, soon);
  });

  it.each([
    ['two framings', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a status that is none', 'HTTP/1.1 700 What\r\nContent-Length: 0\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
  ])('by %s is 502', async (_name, bytes) => {
    const { url } = await startRawUpstream((socket) => socket.end(bytes));
    expect(await codeOf(await (await relayTo(url)).get('/notes'))).toEqual([502, 'bad_gateway']);
  });

  it.each(
    Object.keys(STATUS_CODES)
      .map(Number)
      .filter((status) => status >= 400),
  )('with %i passes as it is', async (status) => {
    const { url } = await startUpstream((_incoming, outgoing) => outgoing.writeHead(status).end('its own words'));
    const { post } = await relayTo(url);
    const response = await post('/notes', { headers: { 'content-length': '2' }, body: '{}' });
    expect([response.status, await response.text()]).toEqual([status, 'its own words']);
  });
});

describe('an encoding that was not asked for', () => {
  const text = 'hello '.repeat(10_000);

  it('is undone, for Next.js would not name it', async () => {
    const body = gzipSync(text);
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    const { url } = await startUpstream((_incoming, outgoing) =>
      outgoing
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length, 'content-digest': digest })
        .end(body),
    );
    const response = await (await relayTo(url)).get('/notes', { headers: { 'accept-encoding': 'gzip, br' } });
    expect(
      ['content-encoding', 'content-length', 'content-digest'].filter((name) => response.headers.has(name)),
    ).toEqual([]);
    expect(await response.text()).toBe(text);
  });

  it('and breaks off does not look complete', async () => {
    const body = gzipSync(randomBytes(100_000));
    const { url } = await startUpstream((_incoming, outgoing) =>
      outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end(body.subarray(0, 50_000)),
    );
    await expect((await (await relayTo(url)).get('/notes')).text()).rejects.toThrow(/unexpected end of file/);
  });

  it.each([
    ['cannot be undone', 200, 'br', brotliCompressSync(text)],
    ['is of a part alone', 206, 'gzip', gzipSync(text).subarray(0, 20)],
    ['is one of several', 200, 'gzip, br', brotliCompressSync(gzipSync(text))],
  ])('and %s is 502', async (_name, status, encoding, body) => {
    const { url } = await startUpstream((_incoming, outgoing) =>
      outgoing.writeHead(status, { 'content-encoding': encoding }).end(body),
    );
    expect(await codeOf(await (await relayTo(url)).get('/notes'))).toEqual([502, 'bad_gateway']);
  });
});

describe('a page out of the API', () => {
  it.each([
    [undefined, 'attachment'],
    ['inline; filename="a.html"', 'attachment; filename="a.html"'],
    ['attachment; filename="a.html"', 'attachment; filename="a.html"'],
  ])('with the disposition %s is a download, and sandboxed', async (disposition, expected) => {
    const { url } = await startUpstream((_incoming, outgoing) => {
      outgoing.writeHead(200, {
        'content-type': 'text/html',
        ...(disposition && { 'content-disposition': disposition }),
      });
      outgoing.end('<script>alert(1)</script>');
    });
    const { headers } = await (await relayTo(url)).get('/notes/1/attachment');
    expect(headers.get('content-disposition')).toBe(expected);
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'");
  });
});

/** Core's funnel, whose first call gets a second token whatever the API says. */
function withSecondToken(footbridge: Footbridge): Footbridge {
  const bff = footbridge.bff();
  const judge: typeof bff.relay.judge = async (...given) => {
    const decision = await bff.relay.judge(...given);
    if (decision.kind === 'respond') return decision;
    const { call } = decision;
    const headers = [['authorization', 'Bearer second']] as const;
    return { kind: 'forward', call: { ...call, retry: async () => ({ ...call.request, headers }) } };
  };
  return { ...footbridge, bff: () => ({ ...bff, relay: { ...bff.relay, judge } }) };
}

function streamOf(whole: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < whole.length; at += 50_000) controller.enqueue(whole.subarray(at, at + 50_000));
      controller.close();
    },
  });
}
