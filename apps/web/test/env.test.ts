import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Problem, SettingsError } from '@footbridge/settings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWebSettings, type WebSettings } from '../src/env.ts';

const secrets = {
  SESSION_SECRET: 'Wn3eR6tY9uI2oP5aS8dF1gH4jK7lZ0xC',
  API_CLIENT_SECRET: 'Zq8vR1mT4yW7uX0pL3nK6jH9gF2dS5aQ',
  JWT_SECRET: 'Mb7cV4xZ1lK8jH5gF2dS9aP6oI3uY0tR',
};
const { JWT_SECRET, ...usualSecrets } = secrets;

let workingDirectory = '';
beforeEach(() => {
  workingDirectory = mkdtempSync(path.join(tmpdir(), 'footbridge-web-'));
});
afterEach(() => rmSync(workingDirectory, { recursive: true, force: true }));

function read(environment: Record<string, string>): WebSettings {
  return readWebSettings({ environment, workingDirectory });
}

function inProduction(environment: Record<string, string>): WebSettings {
  return read({ NODE_ENV: 'production', ...usualSecrets, ...environment });
}

function problemsOf(attempt: () => unknown): readonly Problem[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('development', () => {
  it('needs no settings', () => {
    const { sessionSecrets, api, ...settings } = read({ NODE_ENV: 'development' });
    expect(settings).toEqual({
      mode: 'development',
      cookieMode: 'proxy',
      cookieDomain: undefined,
      webOrigin: 'http://localhost:3000',
      apiOrigin: 'http://127.0.0.1:4000',
      listen: { host: '127.0.0.1', port: 3000 },
      accessToken: {
        issuer: 'http://127.0.0.1:4000',
        audience: 'footbridge',
        keys: { kind: 'jwks', url: 'http://127.0.0.1:4000/.well-known/jwks.json' },
      },
      verification: 'local',
      revocationMaxStalenessSeconds: 30,
      revocationOnStale: 'local',
      relayTimeoutSeconds: 30,
      trustProxyHops: 0,
      metricsPort: undefined,
      logLevel: 'info',
    });
    expect(api).toMatchObject({ url: 'http://127.0.0.1:4000', clientId: 'web' });
    const generated: unknown = JSON.parse(readFileSync(path.join(workingDirectory, '.data/secrets.json'), 'utf8'));
    expect(generated).toMatchObject({ SESSION_SECRET: sessionSecrets[0], API_CLIENT_SECRET: api.clientSecret });
  });

  it('takes settings from the .env of the workspace', () => {
    writeFileSync(path.join(workingDirectory, '.env'), `WEB_PORT=3100\nJWT_ALG=HS256\nJWT_SECRET=${JWT_SECRET}\n`);
    const { listen, accessToken } = read({ NODE_ENV: 'development' });
    expect(listen.port).toBe(3100);
    expect(accessToken.keys).toEqual({ kind: 'secret', secret: JWT_SECRET });
  });
});

describe('production', () => {
  it('starts with its two secrets', () => {
    expect(problemsOf(() => inProduction({}))).toEqual([]);
  });

  const badSecrets = [
    ['is missing', ''],
    ['is short', 'tooShort-tooShort-tooShort-31by'],
    ['looks like a default', 'changeme-changeme-changeme-changeme'],
    ['repeats one character', 'a'.repeat(40)],
  ] as const;

  describe.each(Object.keys(usualSecrets))('%s', (name) => {
    it.each(badSecrets)('that %s refuses to start', (_what, value) => {
      expect(problemsOf(() => inProduction({ [name]: value }))).toMatchObject([{ setting: name }]);
    });
  });

  it.each(badSecrets)('JWT_SECRET for HS256 that %s refuses to start', (_what, value) => {
    expect(problemsOf(() => inProduction({ JWT_ALG: 'HS256', JWT_SECRET: value }))).toMatchObject([
      { setting: 'JWT_SECRET' },
    ]);
  });

  it('refuses one secret for two settings', () => {
    const twice = { API_CLIENT_SECRET: usualSecrets.SESSION_SECRET };
    expect(problemsOf(() => inProduction(twice)).map(({ setting }) => setting)).toContain('SESSION_SECRET');
  });

  const refused = [
    ['COOKIE_MODE', 'third-party'],
    ['COOKIE_DOMAIN', 'https://mysite.com'],
    ['COOKIE_DOMAIN', '127.0.0.1'],
    ['WEB_ORIGIN', 'http://app.mysite.com'],
    ['WEB_ORIGIN', 'https://app.mysite.com/'],
    ['WEB_ORIGIN', 'app.mysite.com'],
    ['API_ORIGIN', 'http://api.example.net'],
    ['API_URL', 'ftp://api.example.net'],
    ['JWT_ALG', 'none'],
    ['JWKS_URL', 'file:///etc/passwd'],
    ['WEB_PORT', '70000'],
    ['VERIFICATION', 'both'],
    ['REVOCATION_MAX_STALENESS_SECONDS', '1.9'],
    ['REVOCATION_MAX_STALENESS_SECONDS', 'never'],
    ['REVOCATION_ON_STALE', 'refuse'],
    ['RELAY_TIMEOUT_SECONDS', '0'],
    ['RELAY_TIMEOUT_SECONDS', '86401'],
    ['TRUST_PROXY', '-1'],
    ['METRICS_PORT', '65536'],
    ['LOG_LEVEL', 'everything'],
  ] as const;

  it.each(refused)('refuses %s=%s, naming it alone', (setting, value) => {
    const problems = problemsOf(() => inProduction({ [setting]: value }));
    expect(problems.map((problem) => problem.setting)).toEqual([setting]);
    expect(problems.every(({ rule, remedy }) => rule !== '' && remedy !== '')).toBe(true);
  });

  it('reports every problem at once', () => {
    const problems = problemsOf(() => read({ NODE_ENV: 'production', WEB_PORT: 'x', JWT_ALG: 'HS256' }));
    expect(problems.map(({ setting }) => setting).toSorted()).toEqual([
      'API_CLIENT_SECRET',
      'JWT_SECRET',
      'SESSION_SECRET',
      'WEB_PORT',
    ]);
  });

  it('keeps values out of its messages', () => {
    const short = 'hush-hush';
    expect(() => inProduction({ SESSION_SECRET: short })).toThrow(SettingsError);
    expect(() => inProduction({ SESSION_SECRET: short })).not.toThrow(short);
  });

  it('takes how ended sessions are learnt of', () => {
    const environment = {
      VERIFICATION: 'remote',
      REVOCATION_MAX_STALENESS_SECONDS: '2',
      REVOCATION_ON_STALE: 'remote',
    };
    expect(inProduction(environment)).toMatchObject({
      verification: 'remote',
      revocationMaxStalenessSeconds: 2,
      revocationOnStale: 'remote',
    });
  });

  it('is what an unset NODE_ENV means', () => {
    expect(problemsOf(() => read({})).length).toBeGreaterThan(1);
  });
});

describe('shared-domain mode', () => {
  const subdomains = {
    COOKIE_MODE: 'shared-domain',
    COOKIE_DOMAIN: '.Example.com',
    WEB_ORIGIN: 'https://app.example.com',
    API_ORIGIN: 'https://api.example.com',
  };

  it('starts with two subdomains and the domain above them', () => {
    expect(inProduction(subdomains)).toMatchObject({ cookieMode: 'shared-domain', cookieDomain: 'example.com' });
  });

  it('starts in development on *.localhost, and reaches the API on loopback', () => {
    const settings = read({
      NODE_ENV: 'development',
      COOKIE_MODE: 'shared-domain',
      COOKIE_DOMAIN: 'example.localhost',
      WEB_ORIGIN: 'http://app.example.localhost:3000',
      API_ORIGIN: 'http://api.example.localhost:4000',
    });
    expect(settings).toMatchObject({
      cookieDomain: 'example.localhost',
      apiOrigin: 'http://api.example.localhost:4000',
      api: { url: 'http://127.0.0.1:4000' },
      accessToken: { issuer: 'http://api.example.localhost:4000' },
    });
  });

  it('may keep its cookie domain when the mode goes back to proxy', () => {
    expect(inProduction({ COOKIE_DOMAIN: 'mysite.com' })).toMatchObject({
      cookieMode: 'proxy',
      cookieDomain: 'mysite.com',
    });
  });

  it.each([
    ['no cookie domain', { COOKIE_DOMAIN: '' }, ['COOKIE_DOMAIN']],
    ['a public suffix', { COOKIE_DOMAIN: 'vercel.app' }, ['COOKIE_DOMAIN']],
    ['two sites', { API_ORIGIN: 'https://api.example.net' }, ['COOKIE_MODE', 'API_ORIGIN']],
    ['a neighbour’s domain', { COOKIE_DOMAIN: 'api.example.com' }, ['WEB_ORIGIN']],
    ['two schemes', { WEB_ORIGIN: 'http://app.example.com' }, ['WEB_ORIGIN', 'WEB_ORIGIN']],
    ['an address', { WEB_ORIGIN: 'https://192.0.2.1' }, ['WEB_ORIGIN']],
    ['no client secret', { API_CLIENT_SECRET: '' }, ['API_CLIENT_SECRET']],
    ['no session secret', { SESSION_SECRET: '' }, ['SESSION_SECRET']],
  ])('refuses %s', (_what, given, expected) => {
    const problems = problemsOf(() => inProduction({ ...subdomains, ...given }));
    expect(problems.map(({ setting }) => setting)).toEqual(expected);
  });

  it('names what its own form refuses and what the topology does, in one go', () => {
    const problems = problemsOf(() => inProduction({ ...subdomains, COOKIE_DOMAIN: '', WEB_PORT: 'x', API_URL: 'x' }));
    expect(problems.map(({ setting }) => setting)).toEqual(['WEB_PORT', 'API_URL', 'COOKIE_DOMAIN']);
  });
});

describe('where the API is reached', () => {
  it.each([
    [{ API_ORIGIN: 'https://api.example.net' }, 'https://api.example.net'],
    [{ API_ORIGIN: 'http://api.example.localhost:4000' }, 'http://127.0.0.1:4000'],
    [{ API_ORIGIN: 'https://api.example.net', API_URL: 'http://10.0.0.7:4000/' }, 'http://10.0.0.7:4000'],
  ])('%j means %s', (environment, url) => {
    const settings = inProduction(environment);
    expect(settings.api.url).toBe(url);
    expect(settings.accessToken.keys).toEqual({ kind: 'jwks', url: `${url}/.well-known/jwks.json` });
    expect(settings.accessToken.issuer).toBe(environment.API_ORIGIN);
  });

  it('lets the keys come from elsewhere', () => {
    const { accessToken } = inProduction({ JWKS_URL: 'https://keys.example.net/jwks', JWT_ISSUER: 'https://issuer' });
    expect(accessToken).toMatchObject({ issuer: 'https://issuer', keys: { url: 'https://keys.example.net/jwks' } });
  });
});
