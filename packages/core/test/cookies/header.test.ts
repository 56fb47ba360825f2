import { describe, expect, it } from 'vitest';
import { parseCookies, serializeSetCookie, setCookie, storeCookies } from '../../src/cookies/header.ts';
import { cookiePolicy } from '../../src/cookies/policy.ts';

const policy = cookiePolicy({ publicOrigin: 'https://app.example.com' });

describe('parseCookies', () => {
  it('keeps duplicates in their order and values as they are', () => {
    expect(parseCookies('a=1; b=%22x%22; a=2;c=k=v ; d=')).toEqual([
      { name: 'a', value: '1' },
      { name: 'b', value: '%22x%22' },
      { name: 'a', value: '2' },
      { name: 'c', value: 'k=v' },
      { name: 'd', value: '' },
    ]);
  });

  it.each([null, '', ';', '; ;', 'noequals', '=value', ' = '])('finds nothing in %j', (header) => {
    expect(parseCookies(header)).toEqual([]);
  });
});

describe('serializeSetCookie', () => {
  it('writes every attribute and no Domain', () => {
    expect(serializeSetCookie(setCookie({ name: 'n', value: 'v', maxAge: 60 }, policy))).toBe(
      'n=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax',
    );
  });

  it('removes with the attributes it was set with', () => {
    expect(serializeSetCookie(setCookie({ name: 'n', value: '', maxAge: 0 }, policy))).toBe(
      'n=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    );
  });
});

const cookie = (name: string, value: string, maxAge = 60) => setCookie({ name, value, maxAge }, policy);

describe('storeCookies', () => {
  it.each([
    ['nothing', 'a=1; b=2', [], 'a=1; b=2'],
    ['a new one', 'a=1', [cookie('b', '2')], 'a=1; b=2'],
    ['a newer one', 'a=1; b=2; a=0', [cookie('a', '3')], 'b=2; a=3'],
    ['a removal', 'a=1; b=2', [cookie('a', '', 0)], 'b=2'],
    ['a removed twin beside its successor', 'a=1; a=2', [cookie('a', '', 0), cookie('a', '3')], 'a=3'],
    ['the last removal', 'a=1', [cookie('a', '', 0)], null],
  ])('stores %s as a browser would', (_name, header, cookies, expected) => {
    expect(storeCookies(header, cookies)).toBe(expected);
  });
});
