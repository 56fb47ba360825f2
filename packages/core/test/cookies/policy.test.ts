import { describe, expect, it } from 'vitest';
import { cookiePolicy } from '../../src/index.ts';

const mode = 'proxy';

describe('cookiePolicy', () => {
  it('promises everything that a browser can hold on https', () => {
    expect(cookiePolicy({ publicOrigin: 'https://app.example.com', mode })).toEqual({
      name: '__Host-Http-session',
      attributes: { path: '/', httpOnly: true, secure: true, sameSite: 'Lax' },
      twinDomains: [],
    });
  });

  it('drops prefix and Secure on plain http, nothing else', () => {
    expect(cookiePolicy({ publicOrigin: 'http://localhost:3000', mode })).toEqual({
      name: 'session',
      attributes: { path: '/', httpOnly: true, secure: false, sameSite: 'Lax' },
      twinDomains: [],
    });
  });

  it.each([
    ['http://app.mysite.localhost:3000', ['app.mysite.localhost', 'mysite.localhost']],
    ['http://127.0.0.1:3000', []],
    ['http://[::1]:3000', []],
    ['http://localhost:3000', []],
  ])('knows where a twin of %s may live', (publicOrigin, twinDomains) => {
    expect(cookiePolicy({ publicOrigin, mode }).twinDomains).toEqual(twinDomains);
  });
});
