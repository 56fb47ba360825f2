import { describe, expect, it } from 'vitest';
import { clientAddress } from '../src/index.ts';

describe('clientAddress', () => {
  it('takes the peer when no proxy is trusted', () => {
    const forwardedFor = '203.0.113.9';
    expect(clientAddress({ forwardedFor, peer: '198.51.100.7', trustedHops: 0 })).toBe('198.51.100.7');
    expect(clientAddress({ forwardedFor, trustedHops: 0 })).toBeUndefined();
  });

  it.each([
    ['203.0.113.9', 1, '203.0.113.9'],
    ['6.6.6.6, 203.0.113.9', 1, '203.0.113.9'],
    ['6.6.6.6,203.0.113.9 , 10.0.0.1', 2, '203.0.113.9'],
    ['203.0.113.9:51234', 1, '203.0.113.9'],
    ['[2001:DB8::0:1]:443', 1, '2001:db8::1'],
    ['[2001:db8::1]', 1, '2001:db8::1'],
    ['2001:db8:0:0:0:0:0:1', 1, '2001:db8::1'],
    ['::ffff:203.0.113.9', 1, '203.0.113.9'],
    ['::ffff:7f00:1', 1, '127.0.0.1'],
  ])('reads %j with %i trusted hops as %s', (forwardedFor, trustedHops, address) => {
    expect(clientAddress({ forwardedFor, trustedHops })).toBe(address);
  });

  it.each([
    [null, 1],
    ['', 1],
    ['203.0.113.9', 2],
    ['unknown', 1],
    ['_hidden', 1],
    ['203.0.113.999', 1],
    ['203.0.113', 1],
    ['0xcb007109', 1],
    ['3405803785', 1],
    ['203.0.113.09', 1],
    ['203.0.113.9, ', 1],
    ['fe80::1%eth0', 1],
    ['[::1', 1],
    ['::1]/..', 1],
    ['localhost', 1],
    ['203.0.113.9\u0000', 1],
  ])('does not know the address from %j with %i trusted hops', (forwardedFor, trustedHops) => {
    expect(clientAddress({ forwardedFor, trustedHops })).toBeUndefined();
  });
});
