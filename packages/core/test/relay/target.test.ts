import { describe, expect, it } from 'vitest';
import { judgeTarget, type Upstream } from '../../src/relay/target.ts';

const upstream: Upstream = { origin: 'http://127.0.0.1:4000', basePath: '/api' };
const pathOf = (target: string, below = upstream) => {
  const judged = judgeTarget(target, below);
  return judged.kind === 'target' ? judged.path : judged.kind;
};

describe('a plain target', () => {
  it.each([
    ['/notes', '/api/notes'],
    ['/', '/api/'],
    ['/notes/', '/api/notes/'],
    ['/notes/1/attachment', '/api/notes/1/attachment'],
    ['/a%20b/%C3%A4/%e2%82%ac', '/api/a%20b/%C3%A4/%e2%82%ac'],
    ['/a;v=1/b,c/d=e/f@g/h:i', '/api/a;v=1/b,c/d=e/f@g/h:i'],
    ["/it's(1)!*$&+~-_.", "/api/it's(1)!*$&+~-_."],
    ['/a[1]|b^c', '/api/a[1]|b^c'],
    ['/...', '/api/...'],
    ['/.well-known', '/api/.well-known'],
    ['/..a/a../a..b', '/api/..a/a../a..b'],
    ['/file%2etxt', '/api/file%2etxt'],
    ['/100%25', '/api/100%25'],
    ['/a%252Fb', '/api/a%252Fb'],
    ['/notes?', '/api/notes?'],
    ['/notes?a=1&a=2&b=%20+%2B&c', '/api/notes?a=1&a=2&b=%20+%2B&c'],
    ['/notes?a=/../..//x\\y?z', '/api/notes?a=/../..//x\\y?z'],
    ['/notes?q=100%&z=%zz&n=%00%0d%0a', '/api/notes?q=100%&z=%zz&n=%00%0d%0a'],
    ['/notes?{"a":[1,"|^`<>"]}', '/api/notes?{"a":[1,"|^`<>"]}'],
  ])('%s passes byte for byte', (rest, expected) => {
    expect(pathOf(`/api/proxy${rest}`)).toBe(expected);
  });

  it('is put below the path of the upstream', () => {
    const below = { origin: 'https://api.example.net', basePath: '/v2/shop/api' };
    expect(pathOf('/api/proxy/notes?a=b', below)).toBe('/v2/shop/api/notes?a=b');
  });

  it.each([
    ['/notes', '/notes'],
    ['/', '/'],
    ['/NOTES/', '/notes'],
    ['/n%6Ftes', '/notes'],
    ['/notes;v=1/a;b', '/notes/a'],
    ['/%C3%84', '/\u00e4'],
  ])('%s is known by its name', (rest, name) => {
    expect(judgeTarget(`/api/proxy${rest}?x`, upstream)).toMatchObject({ kind: 'target', name });
  });
});

describe('a hostile target', () => {
  const elsewhere = [
    '',
    '/',
    '*',
    '/api/proxy',
    '/api/proxy?a',
    '/api/proxyx/notes',
    '/api/proxy.evil.example/notes',
    '/API/PROXY/notes',
    '/api/%70roxy/notes',
    '/api/login',
    '//api/proxy/notes',
    '/x/api/proxy/notes',
    'http://127.0.0.1:4000/api/proxy/notes',
    'https://evil.example/api/proxy/notes',
    'evil.example:443',
    '@evil.example/api/proxy/notes',
  ];
  it.each(elsewhere)('%s is not below the relay', (target) => {
    expect(pathOf(target)).toBe('refused');
  });

  const rests = [
    // dot segments, in every mix and depth
    '/..',
    '/.',
    '/../metrics',
    '/notes/../../metrics',
    '/notes/..',
    '/notes/./x',
    '/%2e%2e/metrics',
    '/%2E%2E/metrics',
    '/.%2e/metrics',
    '/%2e./metrics',
    '/notes/%2e',
    '/%2e%2e',
    '/%252e%252e/metrics',
    '/%25252e./metrics',
    '/..;/metrics',
    '/..;a=b/metrics',
    '/%2e%2e;/metrics',
    '/..%3b/metrics',
    '/..%253b/metrics',
    '/notes/..%252f..%252fmetrics',
    '/a%252f..%252fb',
    '/a%255c%252e%252e%255cb',
    // other slashes
    '/..%2fmetrics',
    '/a%2fb',
    '/a%2Fb',
    '/a%5cb',
    '/a%5Cb',
    '/a\\b',
    '/\\evil.example',
    '/..\\metrics',
    // empty segments
    '//',
    '//evil.example/x',
    '//login',
    '/notes//1',
    '/notes//',
    '///evil.example',
    // control characters, raw and encoded
    '/%00',
    '/notes%00.txt',
    '/%0d%0aHost:%20evil.example',
    '/%0a',
    '/%09',
    '/%1f',
    '/%7f',
    '/%C2%80',
    '/%c2%9f',
    '/a\tb',
    '/a\r\nHost: evil.example',
    '/a\u0000',
    '/a\u007f',
    '/a b',
    '/a HTTP/1.1',
    // not ASCII, not UTF-8, not an escape
    '/\u00e4',
    '/\uff0e\uff0e/metrics',
    '/%c0%ae%c0%ae/metrics',
    '/%c0%af',
    '/%e0%80%ae',
    '/%ff',
    '/%',
    '/%2',
    '/%zz',
    '/%u002e%u002e/metrics',
    '/a%2',
    // what no URL has
    '/a#b',
    '/a"b',
    '/a<b>',
    '/a`b',
    '/{a}',
    '/notes?a#b',
    '/notes?a b',
    '/notes?a\r\nb',
    '/notes?\u0000',
    '/notes?\u007f',
    '/notes?\u00e4',
    '/notes?\u2028',
  ];
  it.each(rests)('%j is refused', (rest) => {
    expect(pathOf(`/api/proxy${rest}`)).toBe('refused');
  });

  it('never leads out of the base, whatever characters it is made of', () => {
    const pieces = ['/', '.', '..', '%2e', '%2f', '%25', '2e', ';', '\\', '%5c', '//', 'a', '?', '#', '@', ':', '%'];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    let passed = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const rest = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)]).join('');
      const path = pathOf(`/api/proxy/${rest}`);
      if (path === 'refused') continue;
      passed += 1;
      const url = new URL(upstream.origin + path);
      expect([url.origin, url.pathname.startsWith('/api/')]).toEqual([upstream.origin, true]);
      expect(url.pathname).toBe(path.split('?', 1).join(''));
    }
    expect(passed).toBeGreaterThan(500);
  });
});
