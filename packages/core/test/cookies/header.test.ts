import { describe, expect, it } from 'vitest';
import { parseCookies, serializeSetCookie } from '../../src/cookies/header.ts';
import { cookiePolicy } from '../../src/index.ts';

const { attributes } = cookiePolicy({ publicOrigin: 'https://app.example.com', mode: 'proxy' });

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
  it('writes every attribute of the policy and no Domain', () => {
    expect(serializeSetCookie({ name: 'n', value: 'v', attributes, maxAge: 60 })).toBe(
      'n=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax',
    );
  });

  it('removes with the attributes it was set with', () => {
    expect(serializeSetCookie({ name: 'n', value: '', attributes, maxAge: 0 })).toBe(
      'n=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    );
  });
});
