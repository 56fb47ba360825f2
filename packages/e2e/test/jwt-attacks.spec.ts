import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { issueToken, type Target, tokenAttacks } from '@footbridge/attacks';
import { createDatabase, postgresAnswers, type TestDatabase } from '../src/database.ts';
import { expect, test } from '../src/fixtures.ts';
import { type SealChanges, sealCookie, type SealedContent } from '../src/sealed-cookie.ts';
import type { Site } from '../src/site.ts';
import { type Stack, startStack } from '../src/stack.ts';
import { plantTrustedKey } from '../src/trusted-key.ts';

const email = 'victim@example.com';
const sessionSecret = randomBytes(36).toString('base64url');
const wrong = randomBytes(32);

/** No header field carries anything else, and no cookie a larger one. */
const canBeSent = (token: string): boolean => token.length < 3800 && /^[\x21-\x7e]+$/.test(token);
/** Nor may a cookie's value have these in it, by which a header's cookies are told apart. */
const canBeCookie = (token: string): boolean => canBeSent(token) && !/[",;\\]/.test(token);

/** Both apps, somebody who is logged in, and a key that both trust. */
interface Scene {
  readonly stack: Stack;
  readonly target: Target;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly cookie: string;
}

async function setScene(site: Site, database: TestDatabase): Promise<Scene> {
  const settings = { DATABASE_URL: database.url, SESSION_SECRET: sessionSecret };
  const stack = await startStack({ site, settings });
  const registered = await fetch(`${stack.webLoopbackUrl}/api/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
    body: JSON.stringify({ email, password: 'a password of some length' }),
  });
  expect(registered.status).toBe(201);
  const [accessToken = '', refreshToken = ''] = stack.wire.issuedTokens();
  const [setCookie = ''] = registered.headers.getSetCookie();
  const target = await plantTrustedKey(database, stack.apiLoopbackUrl, accessToken);
  return { stack, target, accessToken, refreshToken, cookie: setCookie.slice(0, setCookie.indexOf(';')) };
}

const contentWith = (accessToken: string): SealedContent => ({
  accessToken,
  refreshToken: 'v1.none',
  user: { id: 'somebody', email, name: null, role: 'user' },
  expiresAt: Date.now() + 3_600_000,
  absoluteExpiresAt: Date.now() + 3_600_000,
});

const sealed = (token: string): string => sealCookie(contentWith(token), sessionSecret);

/** The cookie in which a browser would keep this access token. */
const cookieOf = (mode: Site['mode'], token: string): string =>
  mode === 'proxy' ? `session=${sealed(token)}` : `access=${token}`;

/** What the frontend makes of a cookie: on a page, for a script, on the way to the API. */
async function present(stack: Stack, cookie: string) {
  const ask = (path: string, accept: string): Promise<Response> =>
    fetch(`${stack.webLoopbackUrl}${path}`, {
      headers: { accept, cookie, 'x-footbridge': '1', 'sec-fetch-site': 'same-origin' },
      redirect: 'manual',
    });
  const [page, session, relayed] = await Promise.all([
    ask('/private', 'text/html'),
    ask('/api/session', 'application/json'),
    ask('/api/proxy/notes', 'application/json'),
  ]);
  const report: unknown = await session.json();
  return {
    page: page.status,
    path: (page.headers.get('location') ?? '').replace(/\?.*/, ''),
    report,
    relayed: relayed.status,
    text: (await page.text()) + (await relayed.text()),
  };
}

async function reportOf(stack: Stack, cookie: string): Promise<unknown> {
  const headers = { cookie, 'x-footbridge': '1' };
  const answer = await fetch(`${stack.webLoopbackUrl}/api/session`, { headers });
  return answer.json();
}

function expectStranger(seen: Awaited<ReturnType<typeof present>>, isExpired: boolean, name: string): void {
  expect(seen.page, name).toBe(307);
  expect(['/login', '/api/refresh'], name).toContain(seen.path);
  // An access token alone leaves nothing to renew it with: a shared-domain frontend says that it cannot tell now.
  expect([401, 503], name).toContain(seen.relayed);
  expect(seen.text, name).not.toContain(email);
  // What is genuine and merely over still says whose session it was.
  if (!isExpired) expect(seen.report, name).toEqual({ authenticated: false });
}

async function statusAtApi(stack: Stack, path: string, token: string): Promise<number> {
  const answer = await fetch(`${stack.apiLoopbackUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

const salt = Buffer.alloc(16).toString('base64url');
/** Cookies that hold what they should, and are not sealed by us, or not for this. */
const forgedSeals: readonly (readonly [what: string, changes: SealChanges])[] = [
  ['with another key under our key id', { key: wrong }],
  ['with no algorithm', { header: { alg: 'none' } }],
  ['with an empty key', { header: { alg: 'dir' }, key: Buffer.alloc(32) }],
  ['for another purpose', { header: { typ: 'footbridge/bounces/v1' } }],
  ['with an unknown key id', { header: { kid: 'mine' } }],
  ['with two milliards of password rounds', { header: { alg: 'PBES2-HS256+A128KW', p2c: 2_147_483_647, p2s: salt } }],
  ['with a zip bomb', { header: { zip: 'DEF' }, plaintext: deflateRawSync(Buffer.alloc(2_000_000)) }],
  ['with a critical extension', { header: { crit: ['x'], x: 1 } }],
  ['with a key that it brings along', { header: { jwk: { kty: 'oct', k: wrong.toString('base64url') } }, key: wrong }],
];

for (const mode of ['proxy', 'shared-domain'] as const) {
  test.describe(`in ${mode} mode`, () => {
    test.describe.configure({ mode: 'serial' });

    let database: TestDatabase;
    let scene: Scene;
    test.beforeAll(async () => {
      test.skip(!(await postgresAnswers()), 'no PostgreSQL answers: a key is planted in the rows of the API');
      test.setTimeout(120_000);
      database = await createDatabase();
      scene = await setScene({ mode, scheme: 'http' }, database);
    });
    test.afterAll(async () => {
      await scene?.stack.close();
      await database?.drop();
    });

    test('both apps take the token that the attacks are made from', async () => {
      const token = issueToken(scene.target);
      expect(await statusAtApi(scene.stack, '/api/verify', token)).toBe(200);
      // A frontend asks for a key that it does not know, but not a second time within a moment.
      const report = () => reportOf(scene.stack, cookieOf(mode, token));
      await expect.poll(report).toMatchObject({ authenticated: true });
      const seen = await present(scene.stack, cookieOf(mode, token));
      expect(seen).toMatchObject({ page: 200, report: { authenticated: true }, relayed: 200 });
      expect(seen.text).toContain(email);
    });

    test('the API refuses every attack as a bearer', async () => {
      const sent = tokenAttacks.filter(({ forge }) => canBeSent(forge(scene.target)));
      expect(sent.length).toBeGreaterThan(240);
      for (const { name, forge } of sent) {
        const token = forge(scene.target);
        expect(await statusAtApi(scene.stack, '/api/verify', token), name).toBe(401);
        expect(await statusAtApi(scene.stack, '/api/notes', token), name).toBe(401);
      }
    });

    test('the frontend refuses every attack in its cookie', async () => {
      test.setTimeout(240_000);
      const isOurClock = mode === 'proxy';
      const sent = tokenAttacks.filter(({ forge, needsClock }) => {
        const token = forge(scene.target);
        const fits = mode === 'proxy' ? token.length < 2500 : canBeCookie(token);
        return fits && (isOurClock || needsClock !== true);
      });
      expect(sent.length).toBeGreaterThan(230);
      for (const { name, forge, isExpired } of sent) {
        const seen = await present(scene.stack, cookieOf(mode, forge(scene.target)));
        expectStranger(seen, isExpired === true, name);
      }
    });

    test('no token is taken for another kind', async () => {
      const { stack, accessToken, refreshToken, cookie } = scene;
      const value = cookie.slice(cookie.indexOf('=') + 1);
      for (const token of mode === 'proxy' ? [refreshToken, value] : [refreshToken]) {
        expect(await statusAtApi(stack, '/api/verify', token)).toBe(401);
      }
      const swapped = mode === 'proxy' ? [accessToken, refreshToken] : [refreshToken, sealed(accessToken)];
      for (const token of swapped) {
        const name = mode === 'proxy' ? 'session' : 'access';
        expectStranger(await present(stack, `${name}=${token}`), false, token.slice(0, 3));
      }
      expectStranger(await present(stack, cookieOf(mode, refreshToken)), false, 'a refresh token');
      expectStranger(await present(stack, cookieOf(mode, sealed(accessToken))), false, 'a sealed cookie');
    });

    if (mode !== 'proxy') return;

    test('a seal of anybody else opens nothing', async () => {
      for (const [name, changes] of forgedSeals) {
        const started = Date.now();
        const seen = await present(scene.stack, `session=${sealCookie(contentWith('a.b.c'), sessionSecret, changes)}`);
        expectStranger(seen, false, name);
        expect(seen.path, name).toBe('/login');
        expect(Date.now() - started, name).toBeLessThan(5000);
      }
    });
  });
}
