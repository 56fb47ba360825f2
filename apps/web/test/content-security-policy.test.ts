import { describe, expect, it } from 'vitest';
import { createPagePolicy, type PolicySettings } from '../src/content-security-policy.ts';

const nonce = 'AAAAAAAAAAAAAAAAAAAAAA==';
const settings: PolicySettings = {
  mode: 'production',
  cookieMode: 'proxy',
  webOrigin: 'https://app.example.com',
  apiOrigin: 'https://api.example.com',
};

/** Directives by name, as a browser reads them: the first of each name counts. */
function policyOf(changes: Partial<PolicySettings> = {}): Map<string, string> {
  const directives = createPagePolicy({ ...settings, ...changes })(nonce).split('; ');
  const entries = directives.map((directive): [string, string] => {
    const [name = '', ...sources] = directive.split(' ');
    return [name, sources.join(' ')];
  });
  expect(new Set(entries.map(([name]) => name)).size).toBe(entries.length);
  return new Map(entries);
}

describe('the policy of a page', () => {
  it('runs scripts by their nonce alone', () => {
    expect(policyOf().get('script-src')).toBe(`'nonce-${nonce}' 'strict-dynamic'`);
  });

  it('lets nothing through that it does not name', () => {
    const policy = policyOf();
    expect(Object.fromEntries(policy)).toMatchObject({
      'default-src': "'none'",
      'style-src': "'self'",
      'img-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'object-src': "'none'",
      'frame-ancestors': "'none'",
    });
    expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|https?:(?!\/\/)|data:|blob:/);
  });

  it.each([
    ['proxy', "'self'"],
    ['shared-domain', "'self' https://api.example.com"],
  ] as const)('in %s mode lets scripts call %s', (cookieMode, sources) => {
    expect(policyOf({ cookieMode }).get('connect-src')).toBe(sources);
  });

  it('asks for https where the origin has it, and only there', () => {
    expect(policyOf().has('upgrade-insecure-requests')).toBe(true);
    expect(policyOf({ webOrigin: 'http://localhost:3000' }).has('upgrade-insecure-requests')).toBe(false);
  });

  it('is looser for the development server, but not for inline scripts', () => {
    const policy = policyOf({ mode: 'development' });
    expect(policy.get('script-src')).toBe(`'nonce-${nonce}' 'strict-dynamic' 'unsafe-eval'`);
    expect(policy.get('style-src')).toContain("'unsafe-inline'");
    expect(policy.get('connect-src')).toContain('ws:');
  });
});
