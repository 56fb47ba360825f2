import { describe, expect, it } from 'vitest';
import { hostKind } from '../src/site.ts';

describe('a host', () => {
  it.each([
    ['app.example.com', 'example.com'],
    ['example.com', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['app.example.localhost', 'example.localhost'],
    ['api.example.test', 'example.test'],
    ['app.vercel.app', 'app.vercel.app'],
    ['a.app.up.railway.app', 'app.up.railway.app'],
    ['www.city.kobe.jp', 'city.kobe.jp'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s is on the site %s', (hostname, registrableDomain) => {
    expect(hostKind(hostname)).toMatchObject({ kind: 'site', registrableDomain });
  });

  it.each([
    ['127.0.0.1', 'address'],
    ['[::1]', 'address'],
    ['localhost', 'single-label'],
    ['intranet', 'single-label'],
    ['co.uk', 'public-suffix'],
    ['vercel.app', 'public-suffix'],
    ['github.io', 'public-suffix'],
    ['onrender.com', 'public-suffix'],
    ['herokuapp.com', 'public-suffix'],
    ['up.railway.app', 'public-suffix'],
    ['anything.kobe.jp', 'public-suffix'],
  ])('%s is no site but a kind of its own: %s', (hostname, kind) => {
    expect(hostKind(hostname)).toEqual({ kind });
  });
});
