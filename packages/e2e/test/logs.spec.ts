import { connect } from 'node:net';
import { expect, newPerson, registerThroughPage, test } from '../src/fixtures.ts';
import { startStack } from '../src/stack.ts';
import { Visitor } from '../src/visitor.ts';

type Line = Readonly<Record<string, unknown>>;

/** What Next.js says of itself at start, which it cannot be kept from. */
const wordOfNext = /^(?:[✓▲] |- |$)/;

/** Every line of an app's output. Throws for one that is not JSON. */
function linesOf({ output }: { readonly output: string }): readonly Line[] {
  return output
    .trimEnd()
    .split('\n')
    .filter((line) => !wordOfNext.test(line))
    .map((line): Line => JSON.parse(line));
}

/** The lines with this id, once there are any. */
async function linesWith(app: { readonly output: string }, requestId: unknown): Promise<readonly Line[]> {
  const find = () => linesOf(app).filter((line) => line['requestId'] === requestId);
  await expect.poll(() => find().some((line) => line['msg'] === 'request')).toBe(true);
  return find();
}

test('one request has one id in the lines of both apps', async ({ stack }) => {
  const visitor = new Visitor();
  await visitor.register(stack.webUrl, newPerson().email);
  const { cookieHeader } = visitor;
  const requests = [
    ['a page that asks the API', '/private/sessions', '/private/sessions', '/api/sessions'],
    ['a relayed call', '/api/proxy/notes', '/api/proxy/*', '/api/notes'],
  ] as const;
  for (const [what, path, webRoute, apiRoute] of requests) {
    const requestId = `id-of-${path.replaceAll('/', '.')}`;
    const headers = { cookie: cookieHeader, 'x-request-id': requestId, 'sec-fetch-site': 'same-origin' };
    expect((await fetch(`${stack.webUrl}${path}`, { headers })).status, what).toBe(200);
    expect(await linesWith(stack.web, requestId)).toMatchObject([{ method: 'GET', route: webRoute, status: 200 }]);
    expect(await linesWith(stack.api, requestId)).toMatchObject([{ method: 'GET', route: apiRoute, status: 200 }]);
  }
});

test('an event and its request share an id that nobody chose', async ({ stack }) => {
  const response = await fetch(`${stack.webUrl}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
    body: JSON.stringify({ email: newPerson().email, password: 'not the password' }),
  });
  const requestId = response.headers.get('x-request-id');
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  const events = async (app: { readonly output: string }) =>
    (await linesWith(app, requestId)).map((line) => line['msg']);
  expect(await events(stack.web)).toEqual(['login_refused', 'request']);
  expect(await events(stack.api)).toEqual(['login_failed', 'request']);
});

const hostileIds: readonly (readonly [what: string, field: string])[] = [
  ['10 kB', `X-Request-Id: ${'x'.repeat(10_000)}`],
  ['a tab and colours', 'X-Request-Id: id-with-\tand-[31m-in-it'],
  ['a line of log', 'X-Request-Id: {"level":30,"msg":"login_succeeded"}'],
  ['two of them', 'X-Request-Id: first-of-two\r\nX-Request-Id: second-of-two'],
];

for (const [what, field] of hostileIds) {
  test(`a request id of ${what} is replaced for both apps`, async ({ stack }) => {
    const visitor = new Visitor();
    await visitor.register(stack.webUrl, newPerson().email);
    const { cookieHeader } = visitor;
    const head = [
      'GET /api/proxy/me HTTP/1.1',
      'Host: x',
      field,
      `Cookie: ${cookieHeader}`,
      'Sec-Fetch-Site: same-origin',
    ];
    const answer = await exchange(stack.webLoopbackUrl, [...head, 'Connection: close']);
    const requestId = /^x-request-id: (.*)$/im.exec(answer)?.[1];
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await linesWith(stack.web, requestId)).toHaveLength(1);
    expect(await linesWith(stack.api, requestId)).toHaveLength(1);
    expect(stack.web.output + stack.api.output).not.toMatch(/x{20}|of-two|"msg":"login_succeeded"\}"/);
  });
}

test('every line is JSON, and the last one is there', async ({ page }) => {
  const stack = await startStack({ settings: { LOG_LEVEL: 'debug' } });
  try {
    await page.goto(`${stack.webUrl}/private?secret=in-the-query`);
    await registerThroughPage(page, stack.webUrl, newPerson());
  } finally {
    await page.close();
    await stack.close();
  }
  const [web, api] = [linesOf(stack.web), linesOf(stack.api)];
  expect(web.at(-1)).toMatchObject({ app: 'web', msg: 'web_stopped' });
  expect(api.at(-1)).toMatchObject({ app: 'api', msg: 'api_stopped' });
  expect(web).toContainEqual(expect.objectContaining({ msg: 'guard_verdict', verdict: 'sent_to_login' }));
  expect(stack.web.output + stack.api.output).not.toContain('in-the-query');
});

/** Sends a request as it is written here, and reads to the end of the connection. */
async function exchange(url: string, head: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}
