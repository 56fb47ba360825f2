import { describe, expect, it } from 'vitest';
import { type BffOptions, createBff } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import { publicOrigin, secret } from './fixtures/bff.ts';

const options: BffOptions = {
  publicOrigin,
  api: { login: async () => ({ kind: 'unavailable', reason: 'unused' }) },
  sessionSecrets: [secret],
  accessToken: { issuer: 'i', audience: 'a', keys: { kind: 'jwks', url: 'http://127.0.0.1:4000/jwks' } },
};

describe('resolveOptions', () => {
  it('fills in what is left out', () => {
    expect(resolveOptions(options)).toMatchObject({
      publicPaths: ['/', '/login', '/register'],
      paths: { login: '/login', register: '/register', home: '/private' },
      verification: 'local',
      revocationMaxStalenessSeconds: 30,
      revocationOnStale: 'local',
      successorMemorySeconds: 30,
    });
  });

  it('keeps the login page public, or it redirects to itself', () => {
    const { publicPaths } = resolveOptions({ ...options, publicPaths: ['/about'], loginPath: '/sign-in' });
    expect(publicPaths).toEqual(['/about', '/sign-in', '/register']);
  });

  it.each<readonly [string, Partial<BffOptions>, RegExp]>([
    ['a URL for an origin', { publicOrigin: `${publicOrigin}/` }, /publicOrigin must be an origin; write/],
    ['another scheme', { publicOrigin: 'ftp://app.example.com' }, /publicOrigin/],
    ['no text', { publicOrigin: '' }, /publicOrigin/],
    ...[
      '',
      '.example.com',
      'other.com',
      'com',
      'xample.com',
      'example.com:443',
      'https://example.com',
      'EXAMPLE.com',
    ].map(
      (domain) =>
        [`the domain ${domain}`, { cookies: { mode: 'shared-domain', domain } }, /cookies\.domain must be/] as const,
    ),
    ['no secret', { sessionSecrets: [] }, /sessionSecrets must hold 32 bytes/],
    ['a short secret in a list', { sessionSecrets: [secret, 'short'] }, /sessionSecrets/],
    [
      'a short HMAC secret',
      { accessToken: { issuer: 'i', audience: 'a', keys: { kind: 'secret', secret: 'short' } } },
      /accessToken\.keys\.secret/,
    ],
    [
      'a staleness that cannot be kept',
      { revocationMaxStalenessSeconds: 1 },
      /revocationMaxStalenessSeconds must be 2/,
    ],
    ['a staleness that is none', { revocationMaxStalenessSeconds: Number.NaN }, /revocationMaxStalenessSeconds/],
    ['remote verification by nobody', { verification: 'remote' }, /remote verification needs an API/],
    ['remote verification by nobody when stale', { revocationOnStale: 'remote' }, /remote verification needs an API/],
    ['a login page elsewhere', { loginPath: 'https://evil.example' }, /loginPath must be the path/],
    ['an endpoint for a home', { homePath: '/api/session' }, /homePath/],
  ])('refuses %s with the remedy', (_name, changes, message) => {
    expect(() => createBff({ ...options, ...changes })).toThrow(message);
    expect(() => createBff({ ...options, ...changes })).toThrow(TypeError);
  });

  it('repeats no secret in its message', () => {
    expect(() => createBff({ ...options, sessionSecrets: ['hunter2'] })).not.toThrow(/hunter2/);
  });
});
