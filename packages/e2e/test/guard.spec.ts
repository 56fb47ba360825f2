import { request as httpRequest } from 'node:http';
import { expect, test } from '../src/fixtures.ts';

interface RawAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly cacheControl: string | undefined;
  readonly body: string;
}

/** A request with exactly these headers: fetch would add its own. */
async function send(url: string, method: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url.replace('localhost', '127.0.0.1'), { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          location: answer.headers.location,
          cacheControl: answer.headers['cache-control'],
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const html = { accept: 'text/html' };
const redirected = { status: 307, location: '/login?returnTo=%2Fprivate', cacheControl: 'private, no-store' };

const kindsOfRequest = [
  ['a document', 'GET', html, redirected],
  ['a document on a forged host', 'GET', { ...html, host: 'evil.example' }, redirected],
  [
    'a document over a forged scheme',
    'GET',
    { ...html, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
    redirected,
  ],
  ['a client-side navigation', 'GET', { rsc: '1', 'sec-fetch-dest': 'empty', accept: '*/*' }, redirected],
  ['a script that asks for JSON', 'GET', { accept: 'application/json' }, { status: 401 }],
  ['a fetch that is no navigation', 'GET', { 'sec-fetch-dest': 'empty', accept: '*/*' }, { status: 401 }],
  ['a server action', 'POST', { 'next-action': 'abc', accept: 'text/x-component' }, { status: 401 }],
  ['a script that posts', 'POST', { accept: 'application/json', 'content-type': 'application/json' }, { status: 401 }],
  [
    'a form post that navigates',
    'POST',
    { ...html, 'sec-fetch-mode': 'navigate', 'content-type': 'application/x-www-form-urlencoded' },
    { status: 303, location: '/login', cacheControl: 'private, no-store' },
  ],
  [
    'a client that names itself verified',
    'GET',
    { ...html, 'x-footbridge-user': 'admin', 'x-footbridge-session': 'x' },
    redirected,
  ],
  [
    'a client that skips middleware',
    'GET',
    { ...html, 'x-middleware-subrequest': 'src/proxy:src/proxy:src/proxy' },
    redirected,
  ],
] as const;

for (const [kind, method, headers, expected] of kindsOfRequest) {
  test(`without a session, ${kind} gets ${expected.status}`, async ({ stack }) => {
    const answer = await send(`${stack.webUrl}/private`, method, { ...headers });
    expect(answer).toMatchObject(expected);
    if (expected.status === 401) {
      expect(JSON.parse(answer.body)).toMatchObject({ success: false, code: 'unauthenticated' });
    }
  });
}

const protectedPaths = [
  '/private/',
  '/private/anything',
  '/private/x.png',
  '/login/x',
  '/apiary',
  '/nowhere',
  '/private.rsc',
  '/PRIVATE',
];

for (const path of protectedPaths) {
  test(`denies ${path} by default`, async ({ stack }) => {
    const answer = await send(`${stack.webUrl}${path}`, 'GET', html);
    const isRefused = answer.location?.startsWith('/login') === true || answer.status === 401;
    const isNormalised = answer.status === 308 && answer.location === path.replace(/\/$/, '');
    expect(isRefused || isNormalised).toBe(true);
    expect(answer.body).not.toContain('@example.com');
  });
}

test('never redirects an asset or an API path', async ({ stack }) => {
  const home = await send(`${stack.webUrl}/`, 'GET', html);
  expect(home.status).toBe(200);
  const assets = [...home.body.matchAll(/"(\/_next\/static\/[^"\\]+)"/g)].map((match) => match[1] ?? '');
  expect(assets.length).toBeGreaterThan(2);
  for (const asset of new Set(assets)) expect((await send(`${stack.webUrl}${asset}`, 'GET', {})).status).toBe(200);
  expect((await send(`${stack.webUrl}/api/nowhere`, 'GET', { 'x-footbridge': '1' })).status).toBe(404);
});

test('stores no page that a session has coloured', async ({ stack }) => {
  const answer = await send(`${stack.webUrl}/`, 'GET', html);
  expect(answer.cacheControl).toMatch(/no-store/);
});
