import { unstable_doesMiddlewareMatch as doesProxyMatch } from 'next/experimental/testing/server';
import { describe, expect, it } from 'vitest';
import nextConfig from '../next.config.ts';
import { config } from '../src/proxy.ts';

const isGuarded = (url: string) => doesProxyMatch({ config, nextConfig, url });

describe('the guard', () => {
  it.each([
    '/',
    '/login',
    '/private',
    '/private/x.png',
    '/apiary',
    '/api.html',
    '/private/api/x',
    '/private.rsc',
    '/icon.svg.html',
    '/iconxsvg',
    '/favicon.ico.html',
    '/robots.txts',
    '/_nextstep',
    '/nowhere',
    '/healthzz',
    '/readyz/x',
  ])('sees %s', (path) => {
    expect(isGuarded(path)).toBe(true);
  });

  it.each([
    '/api',
    '/api/login',
    '/api/proxy/notes',
    '/_next/static/chunks/a.js',
    '/icon.svg',
    '/icon.svg?x=1',
    '/favicon.ico',
    '/robots.txt',
    '/healthz',
    '/readyz',
  ])('leaves %s alone', (path) => {
    expect(isGuarded(path)).toBe(false);
  });
});
