import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { register, signIn, signOut } from '../../src/client/sign-in.ts';

const origin = 'https://app.mysite.com';
const credentials = { email: 'ada@example.com', password: 'correct horse' };
const user = { id: 'user-1', email: credentials.email, name: null, role: 'user' };

/** What arrived at the frontend, which answers with whatever `next` says. */
const arrived: { method: string | undefined; path: string | undefined; marker: unknown; body: string }[] = [];
let next = { status: 200, body: '' };
let frontend: Server;
let address = '';

beforeAll(async () => {
  vi.stubGlobal('location', { origin });
  frontend = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      arrived.push({ method, path, marker: headers['x-footbridge'], body: Buffer.concat(chunks).toString() });
      response.writeHead(next.status, { 'content-type': 'application/json' }).end(next.body);
    });
  });
  await new Promise<void>((resolve) => frontend.listen(0, '127.0.0.1', resolve));
  const listening = frontend.address();
  if (typeof listening === 'object' && listening !== null) address = `http://127.0.0.1:${listening.port}`;
});

afterAll(() => {
  vi.unstubAllGlobals();
  frontend.close();
});

beforeEach(() => {
  arrived.length = 0;
  next = { status: 200, body: JSON.stringify({ success: true, data: { user } }) };
});

const send: typeof fetch = async (path, init) =>
  fetch(new URL(path instanceof Request ? path.url : path, address), init);

const offline: typeof fetch = async () => {
  throw new TypeError('Failed to fetch');
};

/** Options as a page of the frontend has them: its own server, and a document to leave. */
function atTheFrontend() {
  return { navigate: vi.fn<(url: string) => void>(), fetch: send };
}

/** What a second tab hears while `run` runs here. */
async function heardElsewhere(run: () => Promise<unknown>): Promise<unknown> {
  const elsewhere = new BroadcastChannel('footbridge.session');
  const news = new Promise((resolve) => {
    elsewhere.addEventListener('message', (event: MessageEvent<unknown>) => resolve(event.data), { once: true });
  });
  await run();
  const heard = await Promise.race([news, new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))]);
  elsewhere.close();
  return heard;
}

describe('the other tabs', () => {
  it('hear of a login and of a logout', async () => {
    expect(await heardElsewhere(() => signIn(credentials, atTheFrontend()))).toBe('signed-in');
    expect(await heardElsewhere(() => signOut(atTheFrontend()))).toBe('signed-out');
  });

  it('hear nothing of an attempt', async () => {
    next = { status: 401, body: JSON.stringify({ success: false, code: 'invalid_credentials', message: 'no' }) };
    expect(await heardElsewhere(() => signIn(credentials, atTheFrontend()))).toBe('nothing');
  });
});

describe('signIn', () => {
  it('posts marked JSON and leaves for the page', async () => {
    const page = atTheFrontend();
    expect(await signIn(credentials, { ...page, returnTo: '/private?tab=2' })).toEqual({ kind: 'ok', user });
    expect(arrived).toEqual([{ method: 'POST', path: '/api/login', marker: '1', body: JSON.stringify(credentials) }]);
    expect(page.navigate.mock.calls).toEqual([[`${origin}/private?tab=2`]]);
  });

  it.each([
    ['https://evil.example/private'],
    ['//evil.example/private'],
    ['/\\evil.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['http://['],
  ])('never leaves for %s', async (returnTo) => {
    const page = atTheFrontend();
    await signIn(credentials, { ...page, returnTo });
    expect(page.navigate.mock.calls).toEqual([[`${origin}/`]]);
  });

  it('stays on the page when it is refused', async () => {
    next = { status: 401, body: JSON.stringify({ success: false, code: 'invalid_credentials', message: 'no' }) };
    const page = atTheFrontend();
    expect(await signIn(credentials, page)).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
    expect(page.navigate).not.toHaveBeenCalled();
  });

  it('says so when nobody answers', async () => {
    const page = atTheFrontend();
    expect(await signIn(credentials, { ...page, fetch: offline })).toEqual({ kind: 'unavailable' });
    expect(page.navigate).not.toHaveBeenCalled();
  });
});

describe('register', () => {
  it('creates the account and leaves for the start', async () => {
    const page = atTheFrontend();
    const account = { ...credentials, name: 'Ada' };
    expect(await register(account, page)).toEqual({ kind: 'ok', user });
    expect(arrived).toMatchObject([{ path: '/api/register', marker: '1', body: JSON.stringify(account) }]);
    expect(page.navigate.mock.calls).toEqual([[`${origin}/private`]]);
  });
});

describe('signOut', () => {
  it('posts, then leaves the document', async () => {
    const page = atTheFrontend();
    expect(await signOut(page)).toEqual({ kind: 'ok' });
    expect(arrived).toMatchObject([{ method: 'POST', path: '/api/logout', marker: '1' }]);
    expect(page.navigate.mock.calls).toEqual([[`${origin}/`]]);
  });

  it('stays when it was not logged out', async () => {
    next = { status: 403, body: JSON.stringify({ success: false, code: 'cross_site_request', message: 'no' }) };
    const page = atTheFrontend();
    expect(await signOut(page)).toMatchObject({ kind: 'refused', code: 'cross_site_request' });
    expect(page.navigate).not.toHaveBeenCalled();
  });
});
