import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../src/index.ts';
import { browserHead, passingResponseHeaders } from '../../src/relay/response-headers.ts';
import { securityHeaders } from '../../src/security-headers.ts';
import { head, valuesOf } from './relayed.ts';

const options = {
  passes: passingResponseHeaders([]),
  isHandshake: false,
  upstream: { origin: 'http://127.0.0.1:4000', basePath: '/api' },
  requestId: 'request-id',
  setCookies: [],
  security: securityHeaders('http://localhost:3000'),
};
const ours: HeaderField[] = [
  ['cache-control', 'private, no-store'],
  ['content-security-policy', "frame-ancestors 'none'"],
  ...securityHeaders('http://localhost:3000'),
  ['x-request-id', 'request-id'],
];
const headersOf = (fields: readonly HeaderField[], status = 200) => browserHead(head(status, fields), options).headers;

describe('the response headers of the browser', () => {
  it.each([
    ['Content-Type', 'application/json'],
    ['Content-Encoding', 'br'],
    ['Content-Length', '12'],
    ['Content-Disposition', 'attachment; filename="a.txt"'],
    ['Content-Range', 'bytes 0-1/2'],
    ['ETag', 'W/"1"'],
    ['Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT'],
    ['Location', '/elsewhere'],
    ['Retry-After', '5'],
    ['Allow', 'GET'],
    ['Vary', 'accept'],
  ])('hold %s as it came', (name, value) => {
    expect(headersOf([[name, value]])).toEqual([[name.toLowerCase(), value], ...ours]);
  });

  it.each([
    ['Set-Cookie', 'session=theirs; Path=/'],
    ['set-cookie2', 'a=b'],
    ['Clear-Site-Data', '"cookies"'],
    ['Connection', 'close'],
    ['Keep-Alive', 'timeout=5'],
    ['Transfer-Encoding', 'chunked'],
    ['Trailer', 'x'],
    ['Upgrade', 'h2c'],
    ['Access-Control-Allow-Origin', '*'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['WWW-Authenticate', 'Bearer error="invalid_token"'],
    ['Proxy-Authenticate', 'Basic'],
    ['Server', 'express'],
    ['X-Powered-By', 'Express'],
    ['Strict-Transport-Security', 'max-age=1'],
    ['Content-Security-Policy', 'default-src *'],
    ['Service-Worker-Allowed', '/'],
    ['Referrer-Policy', 'unsafe-url'],
    ['Cross-Origin-Resource-Policy', 'cross-origin'],
    ['Permissions-Policy', 'camera=*'],
    ['Alt-Svc', 'h3=":443"'],
    ['Refresh', '0; url=https://evil.example'],
    ['Cache-Control', 'public, max-age=3600'],
    ['Expires', 'Thu, 01 Jan 2099 00:00:00 GMT'],
    ['Pragma', 'x'],
    ['Age', '5'],
    ['X-Request-Id', 'theirs'],
    ['X-Content-Type-Options', 'sniff'],
    ['X-Accel-Redirect', '/internal'],
    ['X-Accel-Buffering', 'yes'],
    ['X-Middleware-Rewrite', '/x'],
    ['X-Footbridge-User', 'x'],
    ['Report-To', '{}'],
    ['Sec-WebSocket-Accept', 'x'],
    ['X-Anything', 'x'],
  ])('never hold %s of the API', (name, value) => {
    expect(headersOf([[name, value]])).toEqual(ours);
  });

  it('lose what Connection names, though it would pass', () => {
    const fields: HeaderField[] = [
      ['connection', 'close, etag'],
      ['etag', '"1"'],
      ['content-type', 'text/plain'],
    ];
    expect(headersOf(fields)).toEqual([['content-type', 'text/plain'], ...ours]);
  });

  it('lose a value that could end its line', () => {
    expect(headersOf([['etag', 'a\r\nset-cookie: b=c']])).toEqual(ours);
    expect(browserHead(head(200, [], 'OK\r\nset-cookie: b=c'), options).statusText).toBe('');
    expect(browserHead(head(201, [], 'Made\u00e9'), options)).toMatchObject({ status: 201, statusText: 'Made\u00e9' });
  });

  it.each<readonly [string, number, readonly string[], readonly string[]]>([
    ['one', 200, ['5'], ['5']],
    ['one of HEAD and of 304', 304, ['5'], ['5']],
    ['none of 204', 204, ['5'], []],
    ['none of 101', 101, ['5'], []],
    ['none of two', 200, ['5', '6'], []],
    ['none of two alike', 200, ['5', '5'], []],
    ['none of a list', 200, ['5, 5'], []],
    ['none of nonsense', 200, ['-1'], []],
  ])('have %s content-length', (_name, status, given, expected) => {
    const fields = given.map((length): HeaderField => ['content-length', length]);
    expect(valuesOf({ headers: headersOf(fields, status) }, 'content-length')).toEqual(expected);
  });

  it('carry the cookies of a refresh', () => {
    const cookie = { name: 'session', value: 'x', maxAge: 1, httpOnly: true, secure: true, path: '/' } as const;
    const setCookies = [{ ...cookie, sameSite: 'lax' } as const, { ...cookie, maxAge: 0, sameSite: 'lax' } as const];
    const answer = browserHead(head(500, [['Set-Cookie', 'theirs=1']]), { ...options, setCookies });
    expect(valuesOf(answer, 'set-cookie')).toEqual([
      expect.stringMatching(/^session=x; .*Max-Age=1;/),
      expect.stringMatching(/^session=x; .*Max-Age=0;/),
    ]);
  });

  it('let the answer to a handshake through on request only', () => {
    const fields: HeaderField[] = [
      ['Sec-WebSocket-Accept', 'a'],
      ['Sec-WebSocket-Protocol', 'chat'],
      ['Upgrade', 'websocket'],
    ];
    const { headers } = browserHead(head(101, fields), { ...options, isHandshake: true });
    expect(headers.slice(0, -ours.length)).toEqual([
      ['sec-websocket-accept', 'a'],
      ['sec-websocket-protocol', 'chat'],
    ]);
  });
});

describe('an event stream', () => {
  it.each(['text/event-stream', 'Text/Event-Stream; charset=utf-8'])(
    'as %s is neither buffered nor changed',
    (type) => {
      const headers = { headers: headersOf([['Content-Type', type]]) };
      expect(valuesOf(headers, 'cache-control')).toEqual(['private, no-store, no-transform']);
      expect(valuesOf(headers, 'x-accel-buffering')).toEqual(['no']);
    },
  );
});

describe('a body that compression would make wrong', () => {
  it.each<readonly [string, number, HeaderField]>([
    ['part of a whole', 206, ['content-range', 'bytes 0-1/2']],
    ['one with a digest', 200, ['Content-Digest', 'sha-256=:eA==:']],
    ['one that the API says so of', 200, ['Cache-Control', 'max-age=5, No-Transform']],
  ])('%s is marked', (_name, status, field) => {
    expect(valuesOf({ headers: headersOf([field], status) }, 'cache-control')).toEqual([
      'private, no-store, no-transform',
    ]);
  });
});

describe('what a browser would run as a page of ours', () => {
  it.each([
    'text/html',
    'TEXT/HTML;charset=utf-8',
    ' text/html ',
    'application/xhtml+xml',
    'image/svg+xml',
    'text/xml',
    'application/xml',
    'application/atom+xml',
    'text/xsl',
    'multipart/x-mixed-replace; boundary=x',
    'text/plain, text/html',
  ])('is sandboxed as %j', (type) => {
    const headers = { headers: headersOf([['Content-Type', type]]) };
    expect(valuesOf(headers, 'content-security-policy')).toEqual([
      "sandbox; default-src 'none'; frame-ancestors 'none'",
    ]);
    expect(valuesOf(headers, 'x-content-type-options')).toEqual(['nosniff']);
  });

  it('is sandboxed when a second type says so', () => {
    const fields: HeaderField[] = [
      ['content-type', 'text/plain'],
      ['content-type', 'text/html'],
    ];
    expect(valuesOf({ headers: headersOf(fields) }, 'content-security-policy')).toEqual([
      expect.stringMatching(/^sandbox;/),
    ]);
  });

  it.each(['application/json', 'text/plain', 'image/png', 'application/pdf', 'text/event-stream', 'text/htmlx'])(
    'is not %s',
    (type) => {
      const policy = valuesOf({ headers: headersOf([['content-type', type]]) }, 'content-security-policy');
      expect(policy).toEqual(["frame-ancestors 'none'"]);
    },
  );
});

describe('the option', () => {
  it('adds names in any case', () => {
    const passes = passingResponseHeaders(['X-Total-Count']);
    const { headers } = browserHead(head(200, [['x-total-COUNT', '7']]), { ...options, passes });
    expect(headers).toEqual([['x-total-count', '7'], ...ours]);
  });

  it.each([
    'Set-Cookie',
    'clear-site-data',
    'Access-Control-Allow-Origin',
    'www-authenticate',
    'cache-control',
    'transfer-encoding',
    'content-security-policy',
    'x-request-id',
    'x-middleware-next',
    'service-worker-allowed',
    'referrer-policy',
    'Cross-Origin-Resource-Policy',
  ])('refuses %s with reason and remedy', (name) => {
    expect(() => passingResponseHeaders([name])).toThrow(TypeError);
    expect(() => passingResponseHeaders([name])).toThrow(/relay\.responseHeaders must not name ".+": .+; leave it out/);
  });

  it.each(['', 'a b', 'x\r\ny'])('refuses %j, which is no name', (name) => {
    expect(() => passingResponseHeaders([name])).toThrow(/must be header names/);
  });
});
