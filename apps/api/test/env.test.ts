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
      origin: 'http://127.0.0.1:4000',
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

  it.each([
    ['a mode that is not built yet', { COOKIE_MODE: 'shared-domain' }, ['COOKIE_MODE']],
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
