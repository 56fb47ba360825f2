import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../src/index.ts';
import { passingRequestHeaders, upstreamHeaders } from '../../src/relay/request-headers.ts';

const { ordinary, handshake } = passingRequestHeaders([]);
const options = { passes: ordinary, requestId: 'request-id', accessToken: 'token' };
const ours: HeaderField[] = [
  ['authorization', 'Bearer token'],
  ['x-request-id', 'request-id'],
];

describe('the request headers of the API', () => {
  it.each([
    ['Accept', 'application/json'],
    ['Accept-Encoding', 'gzip, br'],
    ['Content-Encoding', 'gzip'],
    ['Content-Type', 'application/json'],
    ['Content-Digest', 'sha-256=:eA==:'],
    ['If-None-Match', '"etag"'],
    ['Range', 'bytes=0-1'],
    ['Last-Event-ID', '7'],
    ['Idempotency-Key', '"1"'],
    ['User-Agent', 'a browser \u00e9'],
  ])('hold %s as it came', (name, value) => {
    expect(upstreamHeaders([[name, value]], options)).toEqual([...ours, [name.toLowerCase(), value]]);
  });

  it.each([
    ['Cookie', 'session=secret'],
    ['COOKIE', 'session=secret'],
    ['Cookie2', '$Version=1'],
    ['Authorization', 'Bearer stolen'],
    ['authorization', 'Basic YTpi'],
    ['Host', 'evil.example'],
    ['Forwarded', 'for=203.0.113.9'],
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Host', 'evil.example'],
    ['X-Real-IP', '203.0.113.9'],
    ['X-Request-Id', 'forged-request-id'],
    ['X-Footbridge', '1'],
    ['X-Footbridge-User', 'admin'],
    ['X-Footbridge-Anything', 'x'],
    ['Connection', 'close'],
    ['Keep-Alive', 'timeout=5'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '5'],
    ['TE', 'trailers'],
    ['Trailer', 'x'],
    ['Upgrade', 'websocket'],
    ['HTTP2-Settings', 'x'],
    ['Expect', '100-continue'],
    ['Proxy-Authorization', 'Basic YTpi'],
    ['Proxy-Connection', 'keep-alive'],
    ['Via', '1.1 x'],
    ['Origin', 'https://app.example.com'],
    ['Referer', 'https://app.example.com/private?secret'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-WebSocket-Key', 'x'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-Original-URL', '/metrics'],
    ['X-Rewrite-URL', '/metrics'],
    ['X-Middleware-Subrequest', 'proxy'],
    ['Next-Action', 'x'],
    ['X-Anything', 'x'],
    ['', 'x'],
    ['constructor', 'x'],
    ['__proto__', 'x'],
  ])('never hold %s of a browser', (name, value) => {
    expect(upstreamHeaders([[name, value]], options)).toEqual(ours);
  });

  it('keep repeated fields and their order', () => {
    const fields: HeaderField[] = [
      ['Accept', 'text/plain'],
      ['range', 'bytes=0-1'],
      ['accept', 'application/json'],
    ];
    expect(upstreamHeaders(fields, options)?.slice(2)).toEqual([
      ['accept', 'text/plain'],
      ['range', 'bytes=0-1'],
      ['accept', 'application/json'],
    ]);
  });

  it('lose what Connection names, though it would pass', () => {
    const fields: HeaderField[] = [
      ['connection', 'keep-alive, Range'],
      ['Connection', 'if-match'],
      ['range', 'bytes=0-1'],
      ['If-Match', '"x"'],
      ['accept', '*/*'],
    ];
    expect(upstreamHeaders(fields, options)).toEqual([...ours, ['accept', '*/*']]);
  });

  it('keep our own when Connection names them', () => {
    expect(upstreamHeaders([['connection', 'authorization, x-request-id']], options)).toEqual(ours);
  });

  it('name nobody where there is no token', () => {
    const headers = upstreamHeaders([['authorization', 'Bearer mine']], { ...options, accessToken: undefined });
    expect(headers).toEqual([['x-request-id', 'request-id']]);
  });

  it.each(['a\r\nx: y', 'a\nb', 'a\u0000', 'a\u007f', '\u20ac'])('do not exist for the value %j', (value) => {
    expect(upstreamHeaders([['accept', value]], options)).toBeUndefined();
    expect(upstreamHeaders([['x-unlisted', value]], options)).toEqual(ours);
  });

  it('let a WebSocket handshake through on request only', () => {
    const fields: HeaderField[] = [
      ['Sec-WebSocket-Key', 'k'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Protocol', 'chat'],
      ['Sec-WebSocket-Extensions', 'permessage-deflate'],
      ['Sec-WebSocket-Accept', 'x'],
      ['Upgrade', 'websocket'],
    ];
    const names = upstreamHeaders(fields, { ...options, passes: handshake })?.map(([name]) => name);
    expect(names?.slice(2)).toEqual([
      'sec-websocket-key',
      'sec-websocket-version',
      'sec-websocket-protocol',
      'sec-websocket-extensions',
    ]);
  });
});

describe('the option', () => {
  it('adds names in any case', () => {
    const { ordinary: passes } = passingRequestHeaders(['X-Tenant']);
    expect(upstreamHeaders([['x-TENANT', '7']], { ...options, passes })).toEqual([...ours, ['x-tenant', '7']]);
  });

  it.each([
    'Cookie',
    'authorization',
    'Host',
    'forwarded',
    'X-Forwarded-For',
    'x-forwarded-anything',
    'x-real-ip',
    'x-footbridge',
    'x-footbridge-user',
    'Connection',
    'expect',
    'proxy-authorization',
    'sec-websocket-key',
    'transfer-encoding',
    'content-length',
    'x-request-id',
    'x-http-method-override',
  ])('refuses %s with reason and remedy', (name) => {
    expect(() => passingRequestHeaders([name])).toThrow(TypeError);
    expect(() => passingRequestHeaders([name])).toThrow(/relay\.requestHeaders must not name ".+": .+; leave it out/);
  });

  it.each(['', 'a b', 'a:b', 'x\r\ny', '\u00e4'])('refuses %j, which is no name', (name) => {
    expect(() => passingRequestHeaders([name])).toThrow(/must be header names/);
  });
});
