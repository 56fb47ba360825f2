import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { setApiMode } from '../../src/client/api-target.ts';
import { register, signIn, signOut } from '../../src/client/sign-in.ts';
import { type Answer, refusal, startTwoSites, type TwoSites } from './two-sites.ts';

const credentials = { email: 'ada@example.com', password: 'correct horse' };
const user = { id: 'user-1', email: credentials.email, name: null, role: 'user' };
const json = 'application/json';

let sites: TwoSites;
beforeAll(async () => {
  sites = await startTwoSites();
});
afterAll(() => sites.close());

const welcome: Answer = () => Response.json({ success: true, data: { user } });
beforeEach(() => sites.begin(welcome));
afterEach(() => {
  setApiMode({ mode: 'proxy' });
  vi.restoreAllMocks();
});

/** A document to leave. */
function page() {
  return { navigate: vi.fn<(url: string) => void>() };
}

const lines = () => sites.arrived.map(({ line }) => line);

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

describe.each(['proxy', 'shared-domain'] as const)('the other tabs in %s mode', (mode) => {
  beforeEach(() => setApiMode(sites.modes[mode]));

  it('hear of a login and of a logout', async () => {
    expect(await heardElsewhere(() => signIn(credentials, page()))).toBe('signed-in');
    expect(await heardElsewhere(() => signOut(page()))).toBe('signed-out');
  });

  it('hear nothing of an attempt', async () => {
    sites.begin(() => refusal(401, 'invalid_credentials'));
    expect(await heardElsewhere(() => signIn(credentials, page()))).toBe('nothing');
  });
});

describe('signIn', () => {
  it('posts marked JSON and leaves for the page', async () => {
    const here = page();
    expect(await signIn(credentials, { ...here, returnTo: '/private?tab=2' })).toEqual({ kind: 'ok', user });
    const body = JSON.stringify(credentials);
    expect(sites.arrived).toEqual([{ line: 'own POST /api/login', marker: '1', type: json, body }]);
    expect(sites.calls).toMatchObject([
      { url: `${sites.own}/api/login`, credentials: 'same-origin', cache: 'no-store' },
    ]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/private?tab=2`]]);
  });

  it('posts to the API itself in shared-domain mode', async () => {
    setApiMode(sites.modes['shared-domain']);
    const here = page();
    expect(await signIn(credentials, here)).toEqual({ kind: 'ok', user });
    const body = JSON.stringify(credentials);
    expect(sites.arrived).toEqual([{ line: 'api POST /api/login', marker: '1', type: json, body }]);
    expect(sites.calls).toMatchObject([{ url: `${sites.api}/api/login`, credentials: 'include', cache: 'no-store' }]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/private`]]);
  });

  it.each([
    ['https://evil.example/private'],
    ['//evil.example/private'],
    ['/\\evil.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['http://['],
  ])('never leaves for %s', async (returnTo) => {
    const here = page();
    await signIn(credentials, { ...here, returnTo });
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/`]]);
  });

  it('stays on the page when it is refused', async () => {
    sites.begin(() => refusal(401, 'invalid_credentials'));
    const here = page();
    expect(await signIn(credentials, here)).toMatchObject({ kind: 'refused', code: 'invalid_credentials' });
    expect(here.navigate).not.toHaveBeenCalled();
  });

  it.each([
    ['proxy', 'own POST /api/login'],
    ['shared-domain', 'api POST /api/login'],
  ] as const)('says so when nobody answers in %s mode, and asks nobody else', async (mode, line) => {
    setApiMode(sites.modes[mode]);
    sites.begin(() => undefined);
    const here = page();
    expect(await signIn(credentials, here)).toEqual({ kind: 'unavailable' });
    expect(lines()).toEqual([line]);
    expect(here.navigate).not.toHaveBeenCalled();
  });

  it('sends by the fetch that it is given', async () => {
    const own = vi.fn<typeof fetch>(async () => Response.json({ success: true, data: { user } }));
    expect(await signIn(credentials, { ...page(), fetch: own })).toEqual({ kind: 'ok', user });
    expect([own.mock.calls.length, sites.calls]).toEqual([1, []]);
  });
});

describe('register', () => {
  it.each([
    ['proxy', 'own POST /api/register'],
    ['shared-domain', 'api POST /api/register'],
  ] as const)('creates the account in %s mode and leaves for the start', async (mode, line) => {
    setApiMode(sites.modes[mode]);
    const here = page();
    const account = { ...credentials, name: 'Ada' };
    expect(await register(account, here)).toEqual({ kind: 'ok', user });
    expect(sites.arrived).toMatchObject([{ line, marker: '1', body: JSON.stringify(account) }]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/private`]]);
  });
});

const ownLogout = 'own POST /api/logout';
const apiLogout = 'api POST /api/logout';

describe('signOut', () => {
  it('posts, then leaves the document', async () => {
    const here = page();
    expect(await signOut(here)).toEqual({ kind: 'ok' });
    expect(sites.arrived).toEqual([{ line: ownLogout, marker: '1', type: json, body: '{}' }]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/`]]);
  });

  it('stays when it was not logged out', async () => {
    sites.begin(() => refusal(403, 'cross_site_request'));
    const here = page();
    expect(await signOut(here)).toMatchObject({ kind: 'refused', code: 'cross_site_request' });
    expect(here.navigate).not.toHaveBeenCalled();
  });

  it('asks one server once in proxy mode, whatever it answers', async () => {
    sites.begin(() => undefined);
    expect(await signOut(page())).toEqual({ kind: 'unavailable' });
    expect(lines()).toEqual([ownLogout]);
  });
});

describe('signOut in shared-domain mode', () => {
  beforeEach(() => setApiMode(sites.modes['shared-domain']));

  it('asks the API, then this site, which drops what the browser cached of it', async () => {
    const here = page();
    expect(await signOut(here)).toEqual({ kind: 'ok' });
    expect(sites.arrived).toEqual([
      { line: apiLogout, marker: '1', type: json, body: '{}' },
      { line: ownLogout, marker: '1', type: json, body: '{}' },
    ]);
    expect(sites.calls).toMatchObject([{ credentials: 'include' }, { credentials: 'same-origin' }]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/`]]);
  });

  it('is done when the API says so, whatever this site answers', async () => {
    sites.begin((arrival) => (arrival.line === apiLogout ? Response.json({ success: true }) : undefined));
    const here = page();
    expect(await signOut(here)).toEqual({ kind: 'ok' });
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/`]]);
  });

  it.each<[string, () => Response | undefined | Promise<undefined>]>([
    ['cannot be reached', () => undefined],
    ['fails', () => refusal(500, 'internal_error')],
    ['is behind a proxy that fails', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['never answers', () => new Promise(() => {})],
  ])('asks this site when the API %s', async (_what, answer) => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(50));
    sites.begin((arrival) => (arrival.line === apiLogout ? answer() : Response.json({ success: true })));
    const here = page();
    expect(await signOut(here)).toEqual({ kind: 'ok' });
    expect(lines()).toEqual([apiLogout, ownLogout]);
    expect(sites.calls).toMatchObject([{ credentials: 'include' }, { credentials: 'same-origin' }]);
    expect(patience.mock.calls).toEqual([[5_000]]);
    expect(here.navigate.mock.calls).toEqual([[`${sites.own}/`]]);
  });

  it('takes a refusal of the API for its word', async () => {
    sites.begin(() => refusal(403, 'cross_site_request'));
    const here = page();
    expect(await signOut(here)).toMatchObject({ kind: 'refused', code: 'cross_site_request' });
    expect(lines()).toEqual([apiLogout]);
    expect(here.navigate).not.toHaveBeenCalled();
  });

  it('stays when nobody answers at all', async () => {
    sites.begin(() => undefined);
    const here = page();
    expect(await signOut(here)).toEqual({ kind: 'unavailable' });
    expect(lines()).toEqual([apiLogout, ownLogout]);
    expect(here.navigate).not.toHaveBeenCalled();
  });
});
