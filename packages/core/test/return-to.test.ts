import { describe, expect, it } from 'vitest';
import { localPath } from '../src/index.ts';

describe('paths of this site', () => {
  it.each([
    '/',
    '/private',
    '/private/notes?page=2&sort=title#top',
    '/search?q=//evil.example',
    '/search?next=https://evil.example/',
    '/caf%C3%A9',
    '/a%20b',
    '/apiary',
    '/private/../private',
    `/${'a'.repeat(2047)}`,
  ])('returns %s as it is', (path) => {
    expect(localPath(path)).toBe(path);
  });
});

describe('paths that lead elsewhere', () => {
  it.each([
    ['nothing', ''],
    ['no slash', 'private'],
    ['another host', 'https://evil.example'],
    ['a relative host', '//evil.example'],
    ['three slashes', '///evil.example'],
    ['a backslash host', '/\\evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a tab that browsers drop', '/\t/evil.example'],
    ['a line feed that browsers drop', '/\n/evil.example'],
    ['a carriage return and a header', '/private\r\nset-cookie: a=b'],
    ['a leading space', ' /private'],
    ['a space inside', '/pri vate'],
    ['a null', '/private\u0000'],
    ['an encoded slash', '/%2fevil.example'],
    ['a twice encoded slash', '/%252fevil.example'],
    ['an encoded backslash', '/%5cevil.example'],
    ['a twice encoded backslash', '/%255Cevil.example'],
    ['an encoded line feed', '/private%0d%0aset-cookie:a=b'],
    ['a dot segment before a host', '/.//evil.example'],
    ['a folded segment before a host', '/a/..//evil.example'],
    ['an encoded dot segment', '/%2e//evil.example'],
    ['a backslash later on', '/private\\..\\..'],
    ['a full-width slash', '/\uff0fevil.example'],
    ['a right-to-left override', '/\u202eprivate'],
    ['a broken percent sequence', '/%E0%A4%A'],
    ['an endpoint', '/api/logout'],
    ['the endpoint root', '/api'],
    ['an endpoint in capitals', '/API/logout'],
    ['an endpoint behind dots', '/private/../api/logout'],
    ['an encoded endpoint', '/%61pi/refresh'],
    ['a twice encoded endpoint', '/%2561pi/refresh'],
    ['too many characters', `/${'a'.repeat(2048)}`],
  ])('refuses %s', (_name, path) => {
    expect(localPath(path)).toBeUndefined();
  });

  it.each([undefined, null, 7, {}, ['/private'], { toString: () => '/private' }])('refuses %j', (value) => {
    expect(localPath(value)).toBeUndefined();
  });
});
