import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
  ['web', 'a short secret', { ...working.web, SESSION_SECRET: 'short' }, /SESSION_SECRET: .*32 bytes/],
  ['api', 'a default secret', { ...working.api, API_SECRET: `changeme-${secret()}` }, /API_SECRET: .*default/],
  [
    'web',
    'one secret for two settings',
    { ...working.web, SESSION_SECRET: working.web.API_CLIENT_SECRET },
    /same secret/,
  ],
  ['web', 'HS256 without its secret', { ...working.web, JWT_ALG: 'HS256' }, /JWT_SECRET: .*required/],
  ['web', 'a plain http origin', { ...working.web, WEB_ORIGIN: 'http://app.example.com' }, /WEB_ORIGIN: .*http:/],
  [
    'api',
    'an origin with a path',
    { ...working.api, API_ORIGIN: 'https://api.example.com/v1' },
    /API_ORIGIN: .*origin/,
  ],
];

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

test('a shared secret verifies as well as published keys', async () => {
  const stack = await startStack({ settings: { JWT_ALG: 'HS256', JWT_SECRET: secret() } });
  try {
    const visitor = new Visitor();
    await visitor.register(stack.webUrl, 'hs256@example.com');
    const visit = await visitor.open(`${stack.webUrl}/private`);
    expect([visit.status, visit.path]).toEqual([200, '/private']);
    const keys = await fetch(`${stack.apiUrl}/.well-known/jwks.json`);
    expect(await keys.json()).toEqual({ keys: [] });
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
