import { describe, expect, it } from 'vitest';
import { type RelayOptions, resolveRelayOptions } from '../../src/relay/options.ts';

describe('resolveRelayOptions', () => {
  it.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000', '/api'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000', '/api'],
    ['https://api.example.net/shop/v2/', 'https://api.example.net', '/shop/v2/api'],
    ['http://[::1]:4000', 'http://[::1]:4000', '/api'],
  ])('reads %s', (url, origin, basePath) => {
    expect(resolveRelayOptions({ url })).toMatchObject({ upstream: { origin, basePath }, headersTimeoutMs: 30_000 });
  });

  it.each<readonly [string, Partial<RelayOptions>, RegExp]>([
    ['no URL', { url: 'api.example.net' }, /relay\.url must be an http or https URL/],
    ['another scheme', { url: 'ftp://api.example.net' }, /relay\.url/],
    ['credentials', { url: 'http://user:hunter2@api.example.net' }, /relay\.url/],
    ['a query', { url: 'http://api.example.net/?a=b' }, /relay\.url/],
    ['a fragment', { url: 'http://api.example.net/#a' }, /relay\.url/],
    ['an encoded path', { url: 'http://api.example.net/a%2fb' }, /relay\.url/],
    ['no time', { timeoutSeconds: 0 }, /relay\.timeoutSeconds must be more than 0/],
    ['no number', { timeoutSeconds: Number.NaN }, /relay\.timeoutSeconds/],
    ['more time than a timer can hold', { timeoutSeconds: Number.POSITIVE_INFINITY }, /relay\.timeoutSeconds/],
    ['a header of ours', { requestHeaders: ['cookie'] }, /relay\.requestHeaders/],
    ['a header of the frontend', { responseHeaders: ['set-cookie'] }, /relay\.responseHeaders/],
    ['a method that shows what was sent', { methods: ['TRACE'] }, /relay: methods/],
    ['a route out of the base', { routes: [{ path: '/../x', token: 'none' }] }, /relay\.routes/],
  ])('refuses %s with the remedy', (_name, changes, message) => {
    const options = { url: 'http://127.0.0.1:4000', ...changes };
    expect(() => resolveRelayOptions(options)).toThrow(message);
    expect(() => resolveRelayOptions(options)).toThrow(TypeError);
    expect(() => resolveRelayOptions(options)).not.toThrow(/hunter2/);
  });
});
