import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../src/fixtures.ts';
import { startStack } from '../src/stack.ts';
import { Visitor } from '../src/visitor.ts';

const secret = (): string => randomBytes(36).toString('base64url');
const working = {
  api: { API_SECRET: secret(), API_CLIENT_SECRET: secret() },
  web: { SESSION_SECRET: secret(), API_CLIENT_SECRET: secret() },
};

/** Starts one app's production build with exactly these settings, and waits for it to give up. */
function startAndFail(
  app: 'api' | 'web',
  environment: Record<string, string>,
): { status: number | null; text: string } {
  const result = spawnSync(process.execPath, ['dist/server.js'], {
    cwd: fileURLToPath(new URL(`../../../apps/${app}/`, import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: '/nonexistent/footbridge', ...environment },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status: result.status, text: result.stdout + result.stderr };
}

const refusals: readonly (readonly ['api' | 'web', string, Record<string, string>, RegExp])[] = [
  ['api', 'no secret at all', {}, /API_SECRET: .*required[^]*API_CLIENT_SECRET: .*required/],
  ['web', 'no secret at all', {}, /SESSION_SECRET: .*required[^]*API_CLIENT_SECRET: .*required/],
  ['web', 'HS256 without its secret', { ...working.web, JWT_ALG: 'HS256' }, /JWT_SECRET: .*required/],
  ['web', 'a plain http origin', { ...working.web, WEB_ORIGIN: 'http://app.example.com' }, /WEB_ORIGIN: .*http:/],
  [
    'api',
    'an origin with a path',
    { ...working.api, API_ORIGIN: 'https://api.example.com/v1' },
    /API_ORIGIN: .*origin/,
  ],
];

/** What each app must keep secret: all of it is judged at once, so that one start shows what all of it may not be. */
const secretsOf = {
  api: ['API_SECRET', 'API_CLIENT_SECRET', 'JWT_SECRET'],
  web: ['SESSION_SECRET', 'API_CLIENT_SECRET', 'JWT_SECRET'],
} as const;

const defaultLooking = 'must not be a default, an example or one repeated character';
const tooShort = 'must have at least 32 bytes';
const documented = (name: string): string =>
  new RegExp(`^# ${name}=(.*)$`, 'm').exec(
    readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8'),
  )?.[1] ?? '';

const defects: readonly (readonly [what: string, of: (name: string, index: number) => string, rule: string])[] = [
  ['missing', () => '', 'a secret is required in production'],
  ['blank', () => '   ', 'a secret is required in production'],
  ['a byte short', (_name, index) => `${index}${secret().slice(0, 30)}`, tooShort],
  ['a changeme', () => `changeme-${secret()}`, defaultLooking],
  ['a Change-Me', () => `Change-Me-${secret()}`, defaultLooking],
  ['a secret by name', () => `secret${secret()}`, defaultLooking],
  ['an example', () => `EXAMPLE_${secret()}`, defaultLooking],
  ['one character all along', (_name, index) => `${index}`.repeat(48), defaultLooking],
  ['the one of .env.example', documented, defaultLooking],
  ['the one of .env.example, made long enough', (name) => documented(name).padEnd(64, 'x'), defaultLooking],
];

for (const app of ['api', 'web'] as const) {
  for (const [what, of, rule] of defects) {
    test(`the ${app} refuses every secret that is ${what}`, () => {
      const given = Object.fromEntries(secretsOf[app].map((name, index) => [name, of(name, index)]));
      const { status, text } = startAndFail(app, { JWT_ALG: 'HS256', ...given });
      expect(status).toBe(1);
      for (const name of secretsOf[app]) expect(text).toContain(`  ${name}: ${rule}; generate one with: `);
      for (const value of Object.values(given)) if (value.trim() !== '') expect(text.includes(value)).toBe(false);
    });
  }

  test(`the ${app} refuses a weak member anywhere in a list`, () => {
    const [list] = secretsOf[app];
    const { status, text } = startAndFail(app, { ...working[app], [list]: `${secret()},changeme-${secret()}` });
    expect([status, text]).toEqual([1, expect.stringContaining(`  ${list}: ${defaultLooking}; `)]);
  });

  test(`the ${app} refuses a secret that any other setting has, in whichever place of a list`, () => {
    const reused = secret();
    const given = {
      JWT_ALG: 'HS256',
      API_SECRET: `${secret()},${reused}`,
      SESSION_SECRET: `${reused},${secret()}`,
      API_CLIENT_SECRET: reused,
      JWT_SECRET: reused,
    };
    const { status, text } = startAndFail(app, given);
    expect(status).toBe(1);
    for (const name of secretsOf[app]) {
      const others = ['API_SECRET', 'SESSION_SECRET', 'API_CLIENT_SECRET', 'JWT_SECRET'].filter((one) => one !== name);
      for (const other of others) expect(text).toContain(`  ${name}: must not be the same secret as ${other}; `);
    }
    expect(text.includes(reused)).toBe(false);
  });
}

const shared = {
  COOKIE_MODE: 'shared-domain',
  COOKIE_DOMAIN: 'example.com',
  WEB_ORIGIN: 'https://app.example.com',
  API_ORIGIN: 'https://api.example.com',
};

/** What cannot work below one domain: both apps refuse it, whichever is started first. */
const topologies: readonly (readonly [string, Record<string, string>, RegExp])[] = [
  ['no cookie domain', { COOKIE_DOMAIN: '' }, /COOKIE_DOMAIN: is required/],
  [
    'two registrable domains',
    { API_ORIGIN: 'https://api.example.net' },
    /COOKIE_MODE: .*example\.com.*example\.net.*proxy/,
  ],
  [
    'a public suffix',
    { COOKIE_DOMAIN: 'vercel.app', WEB_ORIGIN: 'https://app.vercel.app', API_ORIGIN: 'https://api.vercel.app' },
    /COOKIE_DOMAIN: vercel\.app is a public suffix.*proxy/,
  ],
  [
    'localhost',
    { COOKIE_DOMAIN: 'localhost', WEB_ORIGIN: 'http://app.localhost', API_ORIGIN: 'http://api.localhost' },
    /COOKIE_DOMAIN: .*two labels.*example\.localhost/,
  ],
  ['an address', { COOKIE_DOMAIN: '127.0.0.1' }, /COOKIE_DOMAIN: .*not an address/],
  ['an origin on an address', { API_ORIGIN: 'https://192.0.2.1' }, /API_ORIGIN: .*address has no subdomains/],
  [
    'a host beside the cookie domain',
    { COOKIE_DOMAIN: 'api.example.com' },
    /WEB_ORIGIN: app\.example\.com .*COOKIE_DOMAIN/,
  ],
  ['a cookie domain with a port', { COOKIE_DOMAIN: 'example.com:443' }, /COOKIE_DOMAIN: .*without a port/],
  ['a cookie domain with a scheme', { COOKIE_DOMAIN: 'https://example.com' }, /COOKIE_DOMAIN: .*without a scheme/],
  [
    'plain http beyond this machine',
    { COOKIE_DOMAIN: 'mysite.test', WEB_ORIGIN: 'http://app.mysite.test', API_ORIGIN: 'http://api.mysite.test' },
    /WEB_ORIGIN: .*http:.*localhost[^]*API_ORIGIN: .*http:/,
  ],
  ['two schemes', { API_ORIGIN: 'http://api.example.com' }, /API_ORIGIN: is http: while WEB_ORIGIN is https:/],
];

const sharedRefusals = topologies.flatMap(([what, settings, message]) =>
  (['api', 'web'] as const).map((app) => [app, what, { ...working[app], ...shared, ...settings }, message] as const),
);

for (const [app, what, environment, message] of [...refusals, ...sharedRefusals]) {
  test(`the ${app} refuses to start with ${what}`, () => {
    const { status, text } = startAndFail(app, environment);
    expect(status).toBe(1);
    expect(text).toMatch(message);
    expect(text).not.toMatch(/\n\s+at /);
    for (const value of Object.values(environment)) {
      if (value.length >= 32) expect(text.includes(value)).toBe(false);
    }
  });
}

test('a shared secret verifies as well as published keys, and a new one logs nobody out', async () => {
  const stack = await startStack({ settings: { JWT_ALG: 'HS256', JWT_SECRET: secret() } });
  try {
    const visitor = new Visitor();
    await visitor.register(stack.webUrl, 'hs256@example.com');
    const visit = await visitor.open(`${stack.webUrl}/private`);
    expect([visit.status, visit.path]).toEqual([200, '/private']);
    const keys = await fetch(`${stack.apiUrl}/.well-known/jwks.json`);
    expect(await keys.json()).toEqual({ keys: [] });

    await stack.restart({ JWT_SECRET: secret() });
    const later = await visitor.open(`${stack.webUrl}/private`);
    expect([later.status, later.path]).toEqual([200, '/private']);
  } finally {
    await stack.close();
  }
});

test('apps that disagree on the audience say so at login', async () => {
  const stack = await startStack({ webSettings: { JWT_AUDIENCE: 'somebody-else' } });
  try {
    const response = await fetch(`${stack.webUrl}/api/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'a long enough one' }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toEqual([]);
    await expect.poll(() => stack.web.output).toMatch(/api_token_rejected/);
    expect(stack.web.output).toMatch(/aud/);
  } finally {
    await stack.close();
  }
});
