/** Which cookies hold the session, from the settings alone. */
import type { CookieMode } from '@footbridge/core';
import type { WebSettings } from './env.ts';

/** What core decides cookies by. Shared-domain mode does not start without a domain. */
export function cookieModeOf({
  cookieMode,
  cookieDomain,
}: Pick<WebSettings, 'cookieMode' | 'cookieDomain'>): CookieMode {
  const isShared = cookieMode === 'shared-domain' && cookieDomain !== undefined;
  return isShared ? { mode: 'shared-domain', domain: cookieDomain } : { mode: 'proxy' };
}
