import { expect, type Person, test } from '../src/fixtures.ts';
import type { Stack } from '../src/stack.ts';

const idleSeconds = 604_800;
const sealed = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

interface SetCookieLine {
  readonly name: string;
  readonly value: string;
  /** Attribute names in lower case; a flag has an empty value. */
  readonly attributes: Readonly<Record<string, string>>;
}

function parseSetCookie(line: string): SetCookieLine {
  const [[name = '', value = ''] = [], ...attributes] = line.split('; ').map((part) => part.split('='));
  return {
    name,
    value,
    attributes: Object.fromEntries(attributes.map(([key = '', text = '']) => [key.toLowerCase(), text])),
  };
}

async function setCookiesOf(stack: Stack, path: string, init: RequestInit): Promise<string[]> {
  const response = await fetch(`${stack.webLoopbackUrl}${path}`, { method: 'POST', redirect: 'manual', ...init });
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  return response.headers.getSetCookie();
}

async function registerByScript(stack: Stack, person: Person): Promise<string[]> {
  return setCookiesOf(stack, '/api/register', {
    headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
    body: JSON.stringify(person),
  });
}

test('on an http origin the cookie is plain, host-only, lax', async ({ person, stack }) => {
  const [cookie, ...others] = (await registerByScript(stack, person)).map(parseSetCookie);
  expect(others).toEqual([]);
  expect(cookie?.name).toBe('session');
  expect(cookie?.value).toMatch(sealed);
  expect(cookie?.attributes).toEqual({
    path: '/',
    httponly: '',
    samesite: 'Lax',
    'max-age': expect.stringMatching(/^\d+$/),
  });
  const maxAge = Number(cookie?.attributes['max-age']);
  expect(maxAge).toBeGreaterThan(idleSeconds - 60);
  expect(maxAge).toBeLessThanOrEqual(idleSeconds);
});

test('a logout expires the cookie with the attributes it was set with', async ({ person, stack }) => {
  const [cookie = ''] = await registerByScript(stack, person);
  const lines = await setCookiesOf(stack, '/api/logout', {
    headers: { 'x-footbridge': '1', cookie: cookie.split(';')[0] ?? '' },
  });
  const expiries = lines.map(parseSetCookie);
  expect(expiries.map(({ name }) => name)).toEqual(['session', 'session.0', 'session.1', 'session.2', 'session.3']);
  for (const { value, attributes } of expiries) {
    expect(value).toBe('');
    expect(attributes).toMatchObject({ path: '/', httponly: '', samesite: 'Lax', 'max-age': '0' });
    expect(attributes).not.toHaveProperty('domain');
  }
});

test.describe('on an https origin', () => {
  test.use({ stackOptions: { site: { mode: 'proxy', scheme: 'https' } } });

  test('the cookie has the strictest prefix, and is Secure', async ({ person, stack }) => {
    const [cookie, ...others] = (await registerByScript(stack, person)).map(parseSetCookie);
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ name: '__Host-Http-session', value: expect.stringMatching(sealed) });
    expect(Object.keys(cookie?.attributes ?? {}).toSorted()).toEqual([
      'httponly',
      'max-age',
      'path',
      'samesite',
      'secure',
    ]);
  });
});

test('a cookie tampered at any byte is anonymous, not an error', async ({ person, stack }) => {
  const [cookie = ''] = await registerByScript(stack, person);
  const pair = cookie.split(';')[0] ?? '';
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  const reportFor = async (candidate: string): Promise<unknown> => {
    const response = await fetch(`${stack.webUrl}/api/session`, {
      headers: { 'x-footbridge': '1', cookie: `${name}=${candidate}` },
    });
    expect(response.status).toBe(200);
    return response.json();
  };
  expect(await reportFor(value)).toMatchObject({ authenticated: true });

  // Every byte once, and the last ones, whose unused bits a lax decoder ignores, with every other character.
  const flipped = [...value].map((character, at) => replaced(value, at, character === 'A' ? 'B' : 'A'));
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = [...alphabet].filter((character) => character !== value.at(-1));
  const tails = last.map((character) => replaced(value, value.length - 1, character));
  const shapes = [
    '',
    '.',
    '....',
    value.slice(1),
    value.slice(0, -1),
    `${value}A`,
    `${value}.`,
    '%00',
    'a'.repeat(4000),
  ];
  for (const candidate of [...flipped, ...tails, ...shapes]) {
    expect(await reportFor(candidate)).toEqual({ authenticated: false });
  }
  const page = await fetch(`${stack.webUrl}/private`, {
    redirect: 'manual',
    headers: { accept: 'text/html', cookie: `${name}=${tails[0]}` },
  });
  expect([page.status, page.headers.get('location')]).toEqual([307, '/login?returnTo=%2Fprivate']);
});

function replaced(text: string, at: number, character: string): string {
  return text.slice(0, at) + character + text.slice(at + 1);
}
