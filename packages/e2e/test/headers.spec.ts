import { apiEndpoints } from '@footbridge/contracts';
import { exchangeRaw } from '../src/relay/raw-connection.ts';
import { ask, type Question } from '../src/relay/ask.ts';
import { type Field, valuesOf } from '../src/relay/fields.ts';
import { expect, newVisitor, ownFields, test } from '../src/relay/fixtures.ts';
import type { Stand } from '../src/relay/stand.ts';
import { type Transport, transports } from '../src/relay/transports.ts';
import { Visitor } from '../src/visitor.ts';
import { startStack } from '../src/stack.ts';

/** `never`: nobody keeps it. `asked again`: a cache asks each time. `for good`: its name changes with its content. */
type Keeping = 'never' | 'asked again' | 'for good';

/** One request to the frontend, and what its answer may be kept for. */
interface Row extends Question {
  readonly what: string;
  readonly status: number;
  readonly kept?: Keeping;
  /** Next.js refuses it by itself where no custom server does, and bare of most headers. */
  readonly isCustomServers?: true;
}

const document: readonly Field[] = [
  ['accept', 'text/html'],
  ['sec-fetch-dest', 'document'],
  ['sec-fetch-mode', 'navigate'],
];
const script: readonly Field[] = [
  ['accept', 'application/json'],
  ['sec-fetch-site', 'same-origin'],
];
const json: readonly Field[] = [...script, ['content-type', 'application/json']];
const form: readonly Field[] = [
  ...document,
  ['sec-fetch-site', 'same-origin'],
  ['content-type', 'application/x-www-form-urlencoded'],
];
const payload: readonly Field[] = [
  ['rsc', '1'],
  ['accept', '*/*'],
  ['sec-fetch-dest', 'empty'],
];
const prefetch: readonly Field[] = [...payload, ['next-router-prefetch', '1'], ['purpose', 'prefetch']];
const foreign: readonly Field[] = [['sec-fetch-site', 'cross-site']];
const wrongPassword = Buffer.from('{"email":"nobody@example.com","password":"wrong password"}');

const toAnybody: readonly Row[] = [
  { what: 'a page', target: '/', fields: document, status: 200 },
  { what: 'the login page', target: '/login', fields: document, status: 200 },
  { what: 'the login page after a refusal', target: '/login?error=invalid_credentials', fields: document, status: 200 },
  { what: 'the registration page', target: '/register', fields: document, status: 200 },
  { what: 'the head of a page', method: 'HEAD', target: '/login', fields: document, status: 200 },
  { what: 'a redirect of the guard', target: '/private', fields: document, status: 307 },
  { what: 'a path that leads nowhere', target: '/nowhere', fields: document, status: 307 },
  { what: 'a script without a session', target: '/private', fields: script, status: 401 },
  { what: 'a form without a session', method: 'POST', target: '/private', fields: form, status: 303 },
  { what: 'a navigation without a session', target: '/private', fields: payload, status: 307 },
  { what: 'nobody’s session', target: '/api/session', fields: script, status: 200 },
  { what: 'a wrong method', target: '/api/login', fields: script, status: 405 },
  { what: 'a wrong password', method: 'POST', target: '/api/login', fields: json, body: wrongPassword, status: 401 },
  {
    what: 'a wrong password in a form',
    method: 'POST',
    target: '/api/login',
    fields: form,
    body: Buffer.from('email=a@b.test&password=wrong+password'),
    status: 303,
  },
  { what: 'another site', method: 'POST', target: '/api/login', fields: foreign, status: 403 },
  { what: 'a refresh of nobody', target: '/api/refresh', fields: document, status: 303 },
  { what: 'a refresh by nobody’s script', method: 'POST', target: '/api/refresh', fields: script, status: 401 },
  { what: 'an endpoint that there is not', target: '/api/nowhere', fields: script, status: 404 },
  { what: 'no endpoint at all', target: '/api', fields: script, status: 404 },
  { what: 'a call in nobody’s name', target: '/api/proxy/notes', fields: script, status: 401 },
  { what: 'a call from another site', target: '/api/proxy/notes', fields: foreign, status: 403 },
  { what: 'the icon', target: '/icon.svg', status: 200, kept: 'asked again' },
  { what: 'a file that there is not', target: '/_next/static/nothing.js', status: 404 },
  { what: 'a path of Next.js that there is not', target: '/_next/nothing', status: 404 },
  { what: 'a slash too many', target: '/login/', fields: document, status: 308, isCustomServers: true },
  { what: 'two slashes', target: '//evil.example/', fields: document, status: 308, isCustomServers: true },
  {
    what: 'a path that cannot be decoded',
    target: '/api/%E0%A4%A',
    fields: script,
    status: 400,
    isCustomServers: true,
  },
  {
    what: 'a page that cannot be decoded',
    target: '/private/%ff',
    fields: document,
    status: 400,
    isCustomServers: true,
  },
  { what: 'a target with a host', target: 'http://evil.example/login', status: 400, isCustomServers: true },
  { what: 'a method of no page', method: 'DELETE', target: '/login', status: 405, isCustomServers: true },
  { what: 'a method that nobody routes', method: 'PROPFIND', target: '/api/login', status: 405, isCustomServers: true },
];

const toSomebody: readonly Row[] = [
  { what: 'the start page', target: '/', fields: document, status: 200 },
  { what: 'a protected page', target: '/private', fields: document, status: 200 },
  { what: 'the sessions', target: '/private/sessions', fields: document, status: 200 },
  { what: 'the notes', target: '/private/notes', fields: document, status: 200 },
  { what: 'the password page', target: '/private/password', fields: document, status: 200 },
  { what: 'a page that there is not', target: '/nowhere', fields: document, status: 404 },
  { what: 'a prefetch', target: '/private', fields: prefetch, status: 307 },
  {
    what: 'an unknown action',
    method: 'POST',
    target: '/private',
    fields: [...script, ['next-action', 'abc']],
    status: 400,
  },
  { what: 'the session', target: '/api/session', fields: script, status: 200 },
  { what: 'a refresh', method: 'POST', target: '/api/refresh', fields: script, status: 200 },
  { what: 'a relayed answer', target: '/api/proxy/notes', fields: script, status: 200 },
  { what: 'the head of a relayed answer', method: 'HEAD', target: '/api/proxy/notes', fields: script, status: 200 },
  { what: 'a relayed download', target: '/api/proxy/notes/export', fields: script, status: 200 },
  { what: 'a relayed event stream', target: '/api/proxy/notes/events', fields: script, status: 200 },
  { what: 'a relayed refusal', target: '/api/proxy/notes/nothing', fields: script, status: 404 },
  { what: 'a relayed wrong method', method: 'DELETE', target: '/api/proxy/notes', fields: script, status: 405 },
  { what: 'a call that is never relayed', method: 'POST', target: '/api/proxy/login', fields: json, status: 404 },
  { what: 'a logout', method: 'POST', target: '/api/logout', fields: script, status: 200 },
];

for (const transport of transports) {
  test.describe(`${transport}:`, () => {
    test('what anybody gets is safe and kept by nobody', async ({ stand }) => {
      for (const row of rowsOf(toAnybody, transport)) await expectSafe(stand, transport, row);
    });

    test('what somebody gets is safe and kept by nobody', async ({ stand }) => {
      const { visitor } = await newVisitor(stand.fronts[transport]);
      for (const row of rowsOf(toSomebody, transport)) {
        const fields = [...(row.fields ?? []), ['cookie', visitor.cookieHeader] as const];
        await expectSafe(stand, transport, { ...row, fields });
      }
    });

    test('a payload of the client router is kept by nobody', async ({ stand }) => {
      const front = stand.fronts[transport];
      const { visitor } = await newVisitor(front);
      const own = ownFields(visitor);
      for (const fields of [
        [...payload, ...own],
        [...prefetch, ...own],
      ]) {
        const sent = await ask(front.url, { target: '/private', fields });
        sent.body.resume();
        const target = valuesOf(sent.fields, 'location')[0] ?? ''; // Next.js names the variant in the query
        expect(target).toMatch(/^\/private\?_rsc/);
        await expectSafe(stand, transport, { what: 'a payload', target, fields, status: 200 });
      }
    });

    test('the files of the build are kept for good', async ({ stand }) => {
      const page = await ask(stand.fronts[transport].url, { target: '/login', fields: document });
      const html = Buffer.concat(await page.body.toArray()).toString('utf8');
      const files = new Set(
        [...html.matchAll(/"(\/_next\/static\/[^"\\]+\.(?:js|css))"/g)].map((match) => match[1] ?? ''),
      );
      expect(files.size).toBeGreaterThan(3);
      for (const target of files) {
        await expectSafe(stand, transport, { what: target, target, status: 200, kept: 'for good' });
      }
    });
  });
}

test('an upgrade that nobody takes is refused by the same headers', async ({ stand }) => {
  const { port } = stand.fronts['custom server'];
  const answer = await exchangeRaw(
    port,
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  const lines = answer
    .split('\r\n')
    .slice(1)
    .filter((line) => line !== '');
  expectHeaders(lines.map((line): Field => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]));
});

interface Asked {
  readonly method: string;
  readonly path: string;
}

/** Answers that a cache may keep: they are the same for everybody. */
const publicAnswers = new Set(['/.well-known/jwks.json', '/openapi.json', '/docs', '/docs/:asset']);

test('every answer of the API is safe, and kept by nobody where it depends on who asks', async ({ stand }) => {
  const apiUrl = stand.echo.url; // hands everything on as it is
  const { visitor } = await newVisitor(stand.fronts['custom server']);
  await visitor.call(`${stand.fronts['custom server'].url}/api/proxy/me`, 'GET');
  const authorization = stand.echo.reached.flatMap(({ fields }) => valuesOf(fields, 'authorization')).at(-1) ?? '';
  expect(authorization).toMatch(/^Bearer ey/);
  const known: readonly Asked[] = Object.values(apiEndpoints);
  const more: readonly Asked[] = ['/', '/nowhere', '/api/login/', '/api/notes/%E0%A4%A', '/metrics'].map((path) => ({
    method: 'GET',
    path,
  }));
  const wrong = known.map(({ path }) => ({ method: 'PUT', path }));
  for (const { method, path } of [...known.filter(({ path }) => path !== '/api/logout-all'), ...more, ...wrong]) {
    for (const fields of [[], [['authorization', authorization] as const]]) {
      const target = path.replace(/:\w+/, '00000000-0000-4000-8000-000000000000');
      const answer = await ask(apiUrl, { method, target, fields });
      answer.body.destroy();
      const what = `${method} ${path}: ${answer.status}`;
      expect(answer.status, what).toBeLessThan(500);
      expectHeaders(answer.fields, what);
      const [storage = ''] = valuesOf(answer.fields, 'cache-control');
      const isPublic = publicAnswers.has(path) && answer.status === 200;
      if (!isPublic) expect(storage, what).toContain('no-store');
    }
  }
});

test('https is promised by every answer of both apps, and only over https', async () => {
  test.setTimeout(240_000);
  const stack = await startStack({ site: { mode: 'proxy', scheme: 'https' } });
  try {
    const { webLoopbackUrl, apiLoopbackUrl } = stack;
    const visitor = new Visitor();
    await visitor.register(webLoopbackUrl, 'https@example.com');
    const own = [...ownFields(visitor), ...document];
    const rows: readonly (readonly [string, string, readonly Field[]])[] = [
      [webLoopbackUrl, '/', document],
      [webLoopbackUrl, '/private', document],
      [webLoopbackUrl, '/private', own],
      [webLoopbackUrl, '/nowhere', own],
      [webLoopbackUrl, '/icon.svg', []],
      [webLoopbackUrl, '/login/', []],
      [webLoopbackUrl, '/%', []],
      [webLoopbackUrl, '/api/session', own],
      [webLoopbackUrl, '/api/nowhere', []],
      [webLoopbackUrl, '/api/proxy/notes', own],
      [webLoopbackUrl, '/api/proxy/notes', []],
      [apiLoopbackUrl, '/healthz', []],
      [apiLoopbackUrl, '/nowhere', []],
      [apiLoopbackUrl, '/api/me', []],
    ];
    for (const [url, target, fields] of rows) {
      const answer = await ask(url, { target, fields });
      answer.body.resume();
      const what = `${url}${target}: ${answer.status}`;
      expectHeaders(answer.fields, what);
      expect(valuesOf(answer.fields, 'strict-transport-security'), what).toEqual([
        'max-age=31536000; includeSubDomains',
      ]);
    }
  } finally {
    await stack.close();
  }
});

function rowsOf(rows: readonly Row[], transport: Transport): readonly Row[] {
  return rows.filter(({ isCustomServers }) => isCustomServers !== true || transport === 'custom server');
}

async function expectSafe(
  { fronts }: Stand,
  transport: Transport,
  { what, kept = 'never', ...row }: Row,
): Promise<void> {
  const { body, length = body instanceof Buffer ? body.byteLength : undefined, ...question } = row;
  const answer = await ask(fronts[transport].url, {
    ...question,
    ...(body && { body }),
    ...(length !== undefined && { length }),
  });
  answer.body.destroy();
  expect(answer.status, what).toBe(row.status);
  expectHeaders(answer.fields, what);
  expect(valuesOf(answer.fields, 'strict-transport-security'), what).toEqual([]);
  expect(valuesOf(answer.fields, 'cache-control').join('; '), what).toMatch(storages[kept]);
}

const storages: Readonly<Record<Keeping, RegExp>> = {
  never: /^(?:private, )?(?:no-cache, )?no-store(?:$|, )/,
  'asked again': /^public, max-age=0, must-revalidate$/,
  'for good': /^public, max-age=31536000, immutable$/,
};

/** What every answer of both apps says of itself, each thing once. */
function expectHeaders(fields: readonly Field[], what = ''): void {
  expect(valuesOf(fields, 'x-content-type-options'), what).toEqual(['nosniff']);
  expect(valuesOf(fields, 'referrer-policy'), what).toEqual(['same-origin']);
  expect(valuesOf(fields, 'cross-origin-resource-policy'), what).toEqual(['same-origin']);
  expect(valuesOf(fields, 'content-security-policy'), what).toEqual([
    expect.stringContaining("frame-ancestors 'none'"),
  ]);
  expect(valuesOf(fields, 'cache-control').length, what).toBeLessThanOrEqual(1);
  for (const banner of ['x-powered-by', 'server']) expect(valuesOf(fields, banner), what).toEqual([]);
}
