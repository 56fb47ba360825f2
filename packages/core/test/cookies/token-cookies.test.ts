import { describe, expect, it } from 'vitest';
import { createTokenCookies, serializeSetCookie } from '../../src/index.ts';

const pair = { accessToken: 'access.token.value', refreshToken: 'v1.session-1.3.mac', maxAgeSeconds: 604_799.2 };
const attributes = 'Domain=example.com; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax';
const gone = 'Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax';

function cookiesOf(publicOrigin: string, cookieDomain = 'example.com') {
  const cookies = createTokenCookies({ publicOrigin, cookieDomain });
  return {
    ...cookies,
    write: (...given: Parameters<typeof cookies.write>) => cookies.write(...given).map(serializeSetCookie),
    clear: (...given: Parameters<typeof cookies.clear>) => cookies.clear(...given).map(serializeSetCookie),
  };
}

const https = cookiesOf('https://api.example.com');

describe('createTokenCookies', () => {
  it('writes both tokens for every subdomain', () => {
    expect(https.write(pair, null)).toEqual([
      `__Secure-access=access.token.value; ${attributes}`,
      `__Secure-refresh=v1.session-1.3.mac; ${attributes}`,
    ]);
  });

  it('writes the same cookies from either app', () => {
    expect(cookiesOf('https://app.example.com').write(pair, null)).toEqual(https.write(pair, null));
  });

  it('drops prefix and Secure on plain http, nothing else', () => {
    const [access] = cookiesOf('http://api.example.localhost:4000', 'example.localhost').write(pair, null);
    expect(access).toBe(
      'access=access.token.value; Domain=example.localhost; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax',
    );
  });

  it('clears in the scope in which it writes', () => {
    expect(https.clear(null)).toEqual([
      `__Secure-access=; Domain=example.com; ${gone}`,
      `__Secure-refresh=; Domain=example.com; ${gone}`,
    ]);
  });

  it.each([
    ['write', (header: string) => https.write(pair, header)],
    ['clear', (header: string) => https.clear(header)],
  ])('removes twins of every other scope on %s', (_verb, act) => {
    const lines = act('__Secure-access=a; __Secure-access=b; __Secure-refresh=r');
    expect(lines.slice(0, 2)).toEqual([
      `__Secure-access=; ${gone}`,
      `__Secure-access=; Domain=api.example.com; ${gone}`,
    ]);
    expect(lines).toHaveLength(4);
  });

  it('reads every value, in order, twins once', () => {
    expect(
      https.read('__Secure-access=a; x=1; __Secure-access=b; __Secure-access=a; __Secure-refresh=; access=no'),
    ).toEqual({
      accessTokens: ['a', 'b'],
      refreshTokens: [],
    });
  });

  it('throws rather than write what a browser would drop', () => {
    expect(() => https.write({ ...pair, accessToken: 'a'.repeat(3_785) }, null)).toThrow(RangeError);
    const [line = ''] = https.write({ ...pair, accessToken: 'a'.repeat(3_784) }, null);
    expect(line.length).toBeLessThan(4096);
  });
});
