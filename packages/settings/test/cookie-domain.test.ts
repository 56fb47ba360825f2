import { describe, expect, it } from 'vitest';
import { cookieDomainOf, readCookieDomain } from '../src/cookie-domain.ts';

function ruleOf(text: string): string {
  const domain = readCookieDomain(text);
  return domain.kind === 'malformed' ? domain.problem.rule : `taken as ${JSON.stringify(domain)}`;
}

describe('COOKIE_DOMAIN', () => {
  it.each([
    ['a name', 'example.com', 'example.com'],
    ['a subdomain', 'eu.example.com', 'eu.example.com'],
    ['a leading dot, and drops it', '.example.com', 'example.com'],
    ['upper case, and lowers it', 'Example.COM', 'example.com'],
    ['an international name, and encodes it', 'Bücher.example', 'xn--bcher-kva.example'],
    ['an encoded international name', 'xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['one label, which only shared-domain mode refuses', 'localhost', 'localhost'],
  ])('takes %s', (_what, text, name) => {
    expect(readCookieDomain(text)).toEqual({ kind: 'domain', name });
    expect(cookieDomainOf(text)).toBe(name);
  });

  it('may be unset', () => {
    expect(readCookieDomain(undefined)).toEqual({ kind: 'unset' });
    expect(cookieDomainOf(undefined)).toBeUndefined();
  });

  it.each([
    ['https://example.com', 'a scheme'],
    ['HTTPS://user@example.com:443/path', 'a scheme'],
    ['user:password@example.com', 'a user name'],
    ['example.com/', 'a path'],
    ['//example.com', 'a path'],
    ['example.com\\evil', 'a path'],
    ['example.com?x', 'a path'],
    ['example.com#x', 'a path'],
    ['exam ple.com', 'a space'],
    ['example.com; Secure', 'a space'],
    ['exam\tple.com', 'a space'],
    ['*.example.com', 'a wildcard'],
    ['example.com:3000', 'a port'],
    ['[::1]:3000', 'a port'],
    ['example.com.', 'a trailing dot'],
  ])('refuses %s for %s', (text, what) => {
    expect(ruleOf(text)).toBe(`must be a domain name without ${what}`);
    expect(cookieDomainOf(text)).toBeUndefined();
  });

  it.each([
    '127.0.0.1',
    '.127.0.0.1',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.1',
  ])('refuses the address %s', (text) => {
    expect(ruleOf(text)).toBe('must be a domain name, not an address');
  });

  it.each([
    '.',
    '..example.com',
    'example..com',
    '-example.com',
    'example-.com',
    'ex_ample.com',
    'ex%61mple.com',
    'example.com;Secure',
    'example.com,example.net',
    '256.1.1.1',
    'example.123',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(126)}com`,
    'example\u3002com\u3002',
    '\0.example.com',
  ])('refuses %j, which no host can be named', (text) => {
    expect(ruleOf(text)).toBe('must be a domain name');
  });

  it.each([
    'https://user:hush@example.com',
    'user:hush@example.com',
    'hush@',
    'hush hush',
    '*.hush.com',
    'hush_hush.com',
  ])('keeps the value %s out of its message', (text) => {
    expect(JSON.stringify(readCookieDomain(text))).not.toContain('hush');
  });
});
