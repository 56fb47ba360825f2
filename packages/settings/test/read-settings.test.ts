import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { field } from '../src/fields.ts';
import { SettingsError } from '../src/problem.ts';
import { readSettings } from '../src/read-settings.ts';
import { requiredSecret } from '../src/secrets.ts';

const shape = {
  API_SECRET: field.secretList(),
  API_CLIENT_SECRET: field.secret(),
  API_PORT: field.port(4000),
  API_ORIGIN: field.origin('http://127.0.0.1:4000'),
};
const strong = 'Jq0r1xZ8c2VbN5mK7pL9sD3fG6hT4wYuE1aR';
const other = 'mB7vC4xZ1lK9jH6gF3dS0aP8oI5uY2tR7eWq';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'footbridge-settings-'));
  writeFileSync(path.join(root, 'pnpm-workspace.yaml'), '');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function read(environment: Record<string, string>) {
  return readSettings({ environment, shape, secrets: ['API_SECRET', 'API_CLIENT_SECRET'], workingDirectory: root });
}

function readChoice(algorithm: string) {
  return readSettings({
    environment: { JWT_ALG: algorithm },
    shape: { JWT_ALG: field.choice(['ES256', 'HS256'], 'ES256'), JWT_SECRET: field.secret() },
    secrets: ({ JWT_ALG }) => (JWT_ALG === 'HS256' ? ['JWT_SECRET'] : []),
    workingDirectory: root,
  });
}

function problemsOf(environment: Record<string, string>): string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ setting, rule }) => `${setting}: ${rule}`);
    throw error;
  }
  return [];
}

describe('reading settings', () => {
  it('needs nothing in development and generates secrets once', () => {
    const first = read({ NODE_ENV: 'development' });
    const second = read({ NODE_ENV: 'development' });
    expect(first.settings).toEqual(second.settings);
    expect(first.settings.API_SECRET[0]).toHaveLength(64);
    expect(first.settings.API_SECRET[0]).not.toBe(first.settings.API_CLIENT_SECRET);
    expect(first.dataDir).toBe(path.join(root, '.data'));
  });

  it('keeps generated secrets readable by their owner alone', () => {
    read({ NODE_ENV: 'development' });
    expect(statSync(path.join(root, '.data/secrets.json')).mode & 0o077).toBe(0);
  });

  it('refuses damaged generated secrets instead of replacing them', () => {
    read({ NODE_ENV: 'development' });
    writeFileSync(path.join(root, '.data/secrets.json'), '{"API_SECRET":');
    expect(() => read({ NODE_ENV: 'development' })).toThrow(/delete .*secrets\.json/);
    expect(readFileSync(path.join(root, '.data/secrets.json'), 'utf8')).toBe('{"API_SECRET":');
  });

  it('takes values from the workspace .env below the environment', () => {
    writeFileSync(path.join(root, '.env'), 'API_PORT=4100\nAPI_ORIGIN=http://127.0.0.1:4100\n');
    const { settings } = read({ NODE_ENV: 'development', API_PORT: '4200' });
    expect(settings).toMatchObject({ API_PORT: 4200, API_ORIGIN: 'http://127.0.0.1:4100' });
  });

  it('reads a list of secrets newest first', () => {
    const { settings } = read({ API_SECRET: `${strong}, ${other}`, API_CLIENT_SECRET: `${strong}${other}` });
    expect(settings.API_SECRET).toEqual([strong, other]);
  });

  it('treats an unset or unknown mode as production', () => {
    expect(problemsOf({ NODE_ENV: 'staging' })).toEqual([
      'API_SECRET: a secret is required in production',
      'API_CLIENT_SECRET: a secret is required in production',
    ]);
  });

  it('reports every problem at once, with its remedy', () => {
    const environment = { API_SECRET: 'short', API_PORT: '99999', API_ORIGIN: 'https://api.example.com/' };
    expect(() => read(environment)).toThrow(/openssl rand/);
    expect(problemsOf(environment).map((problem) => problem.split(':')[0])).toEqual([
      'API_SECRET',
      'API_CLIENT_SECRET',
      'API_PORT',
      'API_ORIGIN',
    ]);
  });

  it('asks the rules too when a value has no form, and shows them what has one', () => {
    const seen: unknown[] = [];
    const attempt = () =>
      readSettings({
        environment: { API_PORT: 'http', API_ORIGIN: '' },
        shape: { API_PORT: shape.API_PORT, API_ORIGIN: shape.API_ORIGIN },
        secrets: [],
        rules: (settings) => {
          seen.push(settings);
          return [{ setting: 'API_ORIGIN', rule: 'is where nobody is', remedy: 'move' }];
        },
        workingDirectory: root,
      });
    expect(attempt).toThrow(/API_PORT: must be a port[^]*API_ORIGIN: is where nobody is; move/);
    expect(seen).toEqual([{ API_PORT: undefined, API_ORIGIN: 'http://127.0.0.1:4000' }]);
  });

  it('hands out a secret that was insisted on, and nothing else', () => {
    expect(requiredSecret(strong)).toBe(strong);
    expect(() => requiredSecret(undefined)).toThrow(TypeError);
  });

  it.each([
    ['short', strong.slice(0, 31), 'must have at least 32 bytes'],
    ['default', `changeme-${strong}`, 'must not be a default, an example or one repeated character'],
    ['example', `example-${strong}`, 'must not be a default, an example or one repeated character'],
    ['secret', `SECRET${strong}`, 'must not be a default, an example or one repeated character'],
    ['repeated', 'a'.repeat(40), 'must not be a default, an example or one repeated character'],
  ])('refuses a %s secret in production', (_kind, secret, rule) => {
    const environment = { API_SECRET: secret, API_CLIENT_SECRET: other };
    expect(problemsOf(environment)).toEqual([`API_SECRET: ${rule}`]);
  });

  it('refuses a weak secret anywhere in a list', () => {
    const environment = { API_SECRET: `${strong},changeme`, API_CLIENT_SECRET: other };
    expect(problemsOf(environment)).toContain('API_SECRET: must have at least 32 bytes');
  });

  it('refuses one secret for two settings, even the other app’s', () => {
    const environment = { API_SECRET: strong, API_CLIENT_SECRET: other, SESSION_SECRET: `${strong}${other},${strong}` };
    expect(problemsOf(environment)).toEqual(['API_SECRET: must not be the same secret as SESSION_SECRET']);
  });

  it('lets another setting decide which secrets are required', () => {
    expect(readChoice('ES256').settings).toEqual({ JWT_ALG: 'ES256', JWT_SECRET: undefined });
    expect(() => readChoice('HS256')).toThrow(/JWT_SECRET: a secret is required/);
  });

  it('never repeats a secret in its message', () => {
    expect(() => read({ API_SECRET: `changeme-${strong}` })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(strong) }),
    );
  });
});
