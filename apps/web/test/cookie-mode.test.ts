import { describe, expect, it } from 'vitest';
import { cookieModeOf } from '../src/cookie-mode.ts';

describe('cookieModeOf', () => {
  it('names the domain in shared-domain mode', () => {
    const settings = { cookieMode: 'shared-domain', cookieDomain: 'example.com' } as const;
    expect(cookieModeOf(settings)).toEqual({ mode: 'shared-domain', domain: 'example.com' });
  });

  it('has no domain in proxy mode, whatever is left in the settings', () => {
    expect(cookieModeOf({ cookieMode: 'proxy', cookieDomain: 'example.com' })).toEqual({ mode: 'proxy' });
  });
});
