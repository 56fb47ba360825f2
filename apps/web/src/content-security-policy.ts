/** What a page may load, run and talk to (CSP3): its own build and its own servers, and nothing that came with its data. */
import type { WebSettings } from './env.ts';

/** The settings that a policy follows. All of them are of the run, not of the build. */
export type PolicySettings = Pick<WebSettings, 'mode' | 'cookieMode' | 'webOrigin' | 'apiOrigin'>;

/**
 * Writes pages' policies around their nonces. Scripts run by nonce alone: those that they load in turn are trusted through
 * them (`strict-dynamic`), and no place that files can be put at is.
 */
export function createPagePolicy(settings: PolicySettings): (nonce: string) => string {
  const { mode, webOrigin } = settings;
  const isDevelopment = mode === 'development';
  const others = [
    "default-src 'none'",
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
    isDevelopment ? "img-src 'self' data: blob:" : "img-src 'self'",
    `connect-src ${connections(settings).join(' ')}`,
    ...(isDevelopment ? ["font-src 'self'"] : []), // of the development overlay
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    ...(webOrigin.startsWith('https:') ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
  const scripts = `'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`; // React finds stack frames by `eval`
  return (nonce) => `script-src 'nonce-${nonce}' ${scripts}; ${others}`;
}

/** Scripts call this site's own server, in shared-domain mode the API itself; hot reloading has a WebSocket. */
function connections({ mode, cookieMode, apiOrigin }: PolicySettings): readonly string[] {
  return [
    "'self'",
    ...(cookieMode === 'shared-domain' ? [apiOrigin] : []),
    ...(mode === 'development' ? ['ws:', 'wss:'] : []),
  ];
}
