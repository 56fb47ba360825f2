import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApiMode, apiTarget, setApiMode } from '../../src/client/api-target.ts';

const own = 'https://app.mysite.com';
const api = 'https://api.mysite.com';
const shared: ApiMode = { mode: 'shared-domain', origin: api };

beforeAll(() => {
  vi.stubGlobal('location', { origin: own });
});
afterAll(() => {
  vi.unstubAllGlobals();
});
beforeEach(() => setApiMode({ mode: 'proxy' }));

describe('apiTarget', () => {
  it('leads through this site in proxy mode', () => {
    expect(apiTarget('/notes?x=1')).toEqual({
      url: `${own}/api/proxy/notes?x=1`,
      credentials: 'same-origin',
      headers: { 'x-footbridge': '1' },
    });
  });

  it('leads straight to the API in shared-domain mode', () => {
    setApiMode(shared);
    expect(apiTarget('/notes?x=1')).toEqual({
      url: `${api}/api/notes?x=1`,
      credentials: 'include',
      headers: { 'x-footbridge': '1' },
    });
  });

  it('follows the newest word of the server', () => {
    setApiMode(shared);
    setApiMode({ mode: 'proxy' });
    expect(apiTarget('/notes').url).toBe(`${own}/api/proxy/notes`);
  });

  it('needs no more of an origin than its origin', () => {
    setApiMode({ mode: 'shared-domain', origin: `${api}/` });
    expect(apiTarget('/notes').url).toBe(`${api}/api/notes`);
  });

  it.each(['', 'api.mysite.com', '/api', '//api.mysite.com'])('takes no origin that is no URL: %j', (origin) => {
    expect(() => setApiMode({ mode: 'shared-domain', origin })).toThrow(TypeError);
  });
});

const hostile = [
  '',
  'notes',
  '?x=1',
  '#x',
  'https://evil.example/notes',
  'javascript:alert(1)',
  '//evil.example/notes',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/notes\\..\\..\\logout',
  '/.',
  '/..',
  '/./notes',
  '/../logout',
  '/notes/..',
  '/notes/../../logout',
  '/notes/../../logout?x=1',
  '/..?x=1',
  '/..#x',
  '/%2e%2e/logout',
  '/%2E./logout',
  '/.%2e/logout',
  '/notes/%2e',
  '/.\t./logout',
  '/\n../logout',
  '/\r/evil.example',
  '/.. ',
  '/..\u0001',
  '/..\u0000',
  ' /notes',
  '/no tes',
  '/notes\u007f',
];

const harmless = [
  '/',
  '/notes',
  '/notes/',
  '/notes/1/attachment?download=yes#top',
  '/notes/a..b',
  '/notes/...',
  '/notes/.hidden',
  '/notes/a%2Fb',
  '/notes/%C3%A9',
  '/notes/é',
  '/notes?at=/../x&host=//y&back=\\z',
  "/notes?q=it's+here",
  '/notes//1',
];

const segments = (pathname: string) => pathname.split('/').length;

describe.each<ApiMode>([{ mode: 'proxy' }, shared])('an API path in mode $mode', (mode) => {
  beforeEach(() => setApiMode(mode));

  it.each(hostile)('must not be %j', (path) => {
    expect(() => apiTarget(path)).toThrow(TypeError);
  });

  it.each(harmless)('may be %j, which a browser leaves below the API', (path) => {
    const base = mode.mode === 'proxy' ? `${own}/api/proxy` : `${api}/api`;
    const { url } = apiTarget(path);
    expect(url).toBe(base + path);
    const { href, pathname } = new URL(url);
    expect(href.startsWith(`${base}/`)).toBe(true);
    expect(segments(pathname)).toBe(segments(new URL(base).pathname + (path.split(/[?#]/, 1)[0] ?? '')));
  });
});
