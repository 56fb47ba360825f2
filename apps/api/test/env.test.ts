import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SettingsError } from '@footbridge/settings';
import { afterAll, describe, expect, it } from 'vitest';
import { readApiSettings, readDatabaseSettings } from '../src/env.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'footbridge-env-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const newSecret = (): string => randomBytes(32).toString('base64');
const production = {
  NODE_ENV: 'production',
  DATA_DIR: dataDir,
  API_SECRET: newSecret(),
  API_CLIENT_SECRET: newSecret(),
} as const;
const development = { NODE_ENV: 'development', DATA_DIR: dataDir } as const;

const subdomains = {
  COOKIE_MODE: 'shared-domain',
  COOKIE_DOMAIN: '.Example.com',
  WEB_ORIGIN: 'https://app.example.com',
  API_ORIGIN: 'https://api.example.com',
} as const;

function problemsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    readApiSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => problem.setting);
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('need nothing in development', () => {
    const settings = readApiSettings(development);
    expect(settings).toMatchObject({
      mode: 'development',
      cookieMode: 'proxy',
      cookieDomain: undefined,
      webOrigin: 'http://localhost:3000',
      origin: 'http://127.0.0.1:4000',
      trustProxyHops: 0,
      metricsPort: undefined,
      listen: { host: '127.0.0.1', port: 4000 },
      databaseUrl: undefined,
      signing: { algorithm: 'ES256' },
      policy: {
        issuer: 'http://127.0.0.1:4000',
        audience: 'footbridge',
        accessTokenSeconds: 900,
        refreshGraceSeconds: 60,
      },
      bcrypt: { cost: 12 },
      rateLimits: { loginPerAccount: 5, loginPerAddress: 30, refreshPerSession: 600 },
    });
    expect(settings.apiSecrets).toHaveLength(1);
    expect(readApiSettings(development)).toEqual(settings);
  });

  it('list the newest secret first', () => {
    const older = newSecret();
    const { apiSecrets } = readApiSettings({ ...production, API_SECRET: `${production.API_SECRET}, ${older}` });
    expect(apiSecrets).toEqual([production.API_SECRET, older]);
  });

  it('take the issuer from the origin unless it is named', () => {
    const origin = 'https://api.example.net';
    expect(readApiSettings({ ...production, API_ORIGIN: origin }).policy.issuer).toBe(origin);
    expect(readApiSettings({ ...production, JWT_ISSUER: 'me' }).policy.issuer).toBe('me');
  });

  it('let one flag and a domain make this API set the cookies', () => {
    expect(readApiSettings({ ...production, ...subdomains, TRUST_PROXY: '1' })).toMatchObject({
      cookieMode: 'shared-domain',
      cookieDomain: 'example.com',
      webOrigin: 'https://app.example.com',
      origin: 'https://api.example.com',
      trustProxyHops: 1,
    });
  });

  it('may keep a cookie domain in proxy mode', () => {
    const settings = readApiSettings({ ...production, COOKIE_DOMAIN: 'example.com' });
    expect(settings).toMatchObject({ cookieMode: 'proxy', cookieDomain: 'example.com' });
  });

  it.each([
    ['shared cookies without a domain', { COOKIE_DOMAIN: '' }, ['COOKIE_DOMAIN']],
    ['shared cookies for a public suffix', { COOKIE_DOMAIN: 'co.uk' }, ['COOKIE_DOMAIN']],
    ['shared cookies on two sites', { API_ORIGIN: 'https://api.example.net' }, ['COOKIE_MODE', 'API_ORIGIN']],
    ['shared cookies for a neighbour', { COOKIE_DOMAIN: 'app.example.com' }, ['API_ORIGIN']],
    ['shared cookies over plain http', { API_ORIGIN: 'http://api.example.com' }, ['API_ORIGIN', 'API_ORIGIN']],
    ['no client secret in either mode', { API_CLIENT_SECRET: '' }, ['API_CLIENT_SECRET']],
    [
      'everything at once',
      { COOKIE_DOMAIN: '*', API_PORT: 'x', BCRYPT_COST: '32' },
      ['API_PORT', 'COOKIE_DOMAIN', 'BCRYPT_COST'],
    ],
  ])('refuse %s', (_what, given, expected) => {
    expect(problemsOf({ ...production, ...subdomains, ...given })).toEqual(expected);
  });

  it('refuse plain http for shared cookies in development too', () => {
    const http = { WEB_ORIGIN: 'http://app.example.com', API_ORIGIN: 'http://api.example.com' };
    expect(problemsOf({ ...development, ...subdomains, ...http })).toEqual(['WEB_ORIGIN', 'API_ORIGIN']);
  });

  it.each([
    [
      'shared cookies where the two apps are by default',
      { COOKIE_MODE: 'shared-domain' },
      ['COOKIE_DOMAIN', 'WEB_ORIGIN', 'API_ORIGIN'],
    ],
    ['a cookie domain that is none', { COOKIE_DOMAIN: 'https://example.com' }, ['COOKIE_DOMAIN']],
    ['a metrics port that is none', { METRICS_PORT: 'on' }, ['METRICS_PORT']],
    ['hops that cannot be counted', { TRUST_PROXY: 'true' }, ['TRUST_PROXY']],
    ['no secrets', { API_SECRET: '', API_CLIENT_SECRET: undefined }, ['API_SECRET', 'API_CLIENT_SECRET']],
    ['a shared secret that is missing', { JWT_ALG: 'HS256' }, ['JWT_SECRET']],
    ['a shared secret that is short', { JWT_ALG: 'HS256', JWT_SECRET: 'short' }, ['JWT_SECRET']],
    ['plain http in public', { API_ORIGIN: 'http://api.example.net' }, ['API_ORIGIN']],
    ['another database', { DATABASE_URL: 'mysql://localhost/x' }, ['DATABASE_URL']],
    ['work beyond bcrypt', { BCRYPT_COST: '32' }, ['BCRYPT_COST']],
    [
      'several at once',
      { API_PORT: 'http', BCRYPT_COST: '2', LOG_LEVEL: 'loud' },
      ['LOG_LEVEL', 'API_PORT', 'BCRYPT_COST'],
    ],
  ])('refuse %s by name', (_what, given, expected) => {
    expect(problemsOf({ ...production, ...given })).toEqual(expected);
  });

  it('never repeat a value that they refuse', () => {
    expect(() => readApiSettings({ ...production, DATABASE_URL: 'mysql://admin:hunter2@db/x' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('generate a shared secret in development when asked for', () => {
    const { signing } = readApiSettings({ ...development, JWT_ALG: 'HS256' });
    expect(signing).toMatchObject({ algorithm: 'HS256', secret: expect.stringMatching(/^.{32,}$/) });
  });

  it('of the database commands include no secret', () => {
    expect(readDatabaseSettings({ NODE_ENV: 'production', DATA_DIR: dataDir })).toEqual({
      databaseUrl: undefined,
      logLevel: 'info',
      dataDir,
    });
  });
});
