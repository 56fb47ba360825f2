import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFootbridge, type FootbridgeOptions, startRevocations } from '../src/footbridge.ts';
import { origin, testFootbridge, testOptions } from './fixture.ts';

const connectionKey = Symbol.for('footbridge.connection');
const forwarded = new Request(origin, { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } });

describe('createFootbridge', () => {
  it('reads its options at the first use', () => {
    const read = vi.fn<() => FootbridgeOptions>(testOptions);
    const footbridge = createFootbridge(read, randomUUID());
    expect(read).not.toHaveBeenCalled();
    footbridge.bff();
    footbridge.contextOf(new Request(origin));
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('reads them again after they were refused', () => {
    const read = vi.fn<() => FootbridgeOptions>(testOptions).mockImplementationOnce(() => {
      throw new TypeError('not yet');
    });
    const footbridge = createFootbridge(read, randomUUID());
    expect(() => footbridge.bff()).toThrow(TypeError);
    expect(footbridge.bff()).toHaveProperty('guard');
  });

  it('shares one BFF among the bundles of a process', async () => {
    const name = randomUUID();
    const mine = createFootbridge(testOptions, name);
    vi.resetModules();
    const otherBundle = await import('../src/footbridge.ts');
    expect(otherBundle.createFootbridge).not.toBe(createFootbridge);
    expect(otherBundle.createFootbridge(testOptions, name).bff()).toBe(mine.bff());
  });

  it('keeps BFFs of different names apart', () => {
    expect(testFootbridge().bff()).not.toBe(testFootbridge().bff());
  });

  it('knows where the login page is', () => {
    expect(testFootbridge().loginPath()).toBe('/login');
    expect(testFootbridge({ loginPath: '/sign-in' }).loginPath()).toBe('/sign-in');
  });

  it('knows its cookie by the public origin', () => {
    expect(testFootbridge().cookieNames()).toContain('session');
    expect(testFootbridge({ publicOrigin: 'https://app.mysite.com' }).cookieNames()).toContain('__Host-Http-session');
  });

  it('knows whether the API can refresh', () => {
    const { api } = testOptions();
    expect(testFootbridge({ api }).canRefresh()).toBe(true);
    expect(testFootbridge({ api: { login: (...given) => api.login(...given) } }).canRefresh()).toBe(false);
  });

  it('starts listening for ended sessions once', () => {
    const footbridge = testFootbridge();
    const start = vi.spyOn(footbridge.bff().revocations, 'start');
    startRevocations(footbridge);
    expect(start).toHaveBeenCalledTimes(1);
    footbridge.bff().revocations.stop();
  });
});

describe('the context of a request', () => {
  afterEach(() => Reflect.deleteProperty(globalThis, connectionKey));

  it('is empty without a custom server', () => {
    expect(testFootbridge().contextOf(forwarded)).toEqual({});
  });

  it('takes the address from the socket, not a header', () => {
    const context = within({ peer: '192.0.2.1', rsc: false }, () => testFootbridge().contextOf(forwarded));
    expect(context).toEqual({ clientAddress: '192.0.2.1', isRscNavigation: false });
  });

  it.each([true, false])('knows whether it is a prefetch: %s', (prefetch) => {
    const context = within({ peer: '192.0.2.1', rsc: true, prefetch }, () => testFootbridge().contextOf(forwarded));
    expect(context).toEqual({ clientAddress: '192.0.2.1', isRscNavigation: true, isPrefetch: prefetch });
  });

  it('counts trusted proxies from the right', () => {
    const footbridge = testFootbridge({ trustProxyHops: 1 });
    const context = within({ peer: '192.0.2.1', rsc: true }, () => footbridge.contextOf(forwarded));
    expect(context).toEqual({ clientAddress: '198.51.100.7', isRscNavigation: true });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'peer'],
    ['null', null],
    ['a peer that is no text', { peer: 1, rsc: true }],
    ['no word on rsc', { peer: '192.0.2.1' }],
    ['a prefetch that is no yes or no', { peer: '192.0.2.1', rsc: true, prefetch: '1' }],
  ])('ignores a store that holds %s', (_what, store) => {
    expect(within(store, () => testFootbridge().contextOf(forwarded))).toEqual({});
  });

  it.each([['text'], [null], [{}], [{ getStore: 'no function' }]])('ignores %j in the place of a storage', (value) => {
    Reflect.set(globalThis, connectionKey, value);
    expect(testFootbridge().contextOf(forwarded)).toEqual({});
  });
});

function within<Result>(store: unknown, run: () => Result): Result {
  const storage = new AsyncLocalStorage();
  Reflect.set(globalThis, connectionKey, storage);
  return storage.run(store, run);
}
