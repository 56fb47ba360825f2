import { describe, expect, it } from 'vitest';
import { cookiePolicies, cookiePolicy, sharedCookiePolicies } from '../../src/cookies/policy.ts';

describe('cookiePolicy', () => {
  it('promises everything that a browser can hold on https', () => {
    expect(cookiePolicy({ publicOrigin: 'https://app.example.com' })).toEqual({
      name: '__Host-Http-session',
      attributes: { path: '/', httpOnly: true, secure: true, sameSite: 'Lax' },
      twinDomains: [],
    });
  });

  it('drops prefix and Secure on plain http, nothing else', () => {
    expect(cookiePolicy({ publicOrigin: 'http://localhost:3000' })).toEqual({
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
    expect(cookiePolicy({ publicOrigin }).twinDomains).toEqual(twinDomains);
  });
});

describe('sharedCookiePolicies', () => {
  it('names both cookies and their scope', () => {
    const { access, refresh } = sharedCookiePolicies({
      publicOrigin: 'https://api.eu.example.com',
      cookieDomain: 'example.com',
    });
    expect([access.name, refresh.name]).toEqual(['__Secure-access', '__Secure-refresh']);
    expect(access).toMatchObject({
      attributes: { domain: 'example.com', path: '/', httpOnly: true, secure: true, sameSite: 'Lax' },
      twinDomains: ['api.eu.example.com', 'eu.example.com'],
    });
  });

  it('drops prefix and Secure on plain http, nothing else', () => {
    const { access } = sharedCookiePolicies({
      publicOrigin: 'http://app.example.localhost:3000',
      cookieDomain: 'example.localhost',
    });
    expect(access).toMatchObject({ name: 'access', attributes: { domain: 'example.localhost', secure: false } });
  });
});

describe('cookiePolicies', () => {
  it.each([
    ['proxy', { mode: 'proxy' }, ['__Host-Http-session']],
    ['shared-domain', { mode: 'shared-domain', domain: 'example.com' }, ['__Secure-access', '__Secure-refresh']],
  ] as const)('knows every cookie of %s mode', (_mode, cookies, names) => {
    const policies = cookiePolicies({ publicOrigin: 'https://app.example.com', cookies });
    expect(policies.map(({ name }) => name)).toEqual(names);
  });
});
