/** The composition root of what Next.js bundles: settings in, one handle out, made at the first request. */
import { createAuthApi } from '@footbridge/core';
import { createFootbridge } from '@footbridge/next';
import { cookieModeOf } from './cookie-mode.ts';
import { webSettings } from './env.ts';
import { createLogger } from './log.ts';
import { processMetrics } from './metrics/metrics.ts';
import { createObserver } from './metrics/observer.ts';
import { isReady } from './readiness.ts';

/** Shared by the proxy, the route handlers and the pages. */
export const footbridge = createFootbridge(() => {
  const settings = webSettings();
  const logger = createLogger(settings.logLevel);
  return {
    publicOrigin: settings.webOrigin,
    cookies: cookieModeOf(settings),
    api: createAuthApi({ ...settings.api, logger }),
    sessionSecrets: settings.sessionSecrets,
    accessToken: settings.accessToken,
    verification: settings.verification,
    revocationMaxStalenessSeconds: settings.revocationMaxStalenessSeconds,
    revocationOnStale: settings.revocationOnStale,
    publicPaths: ['/', '/login', '/register'],
    relay: { url: settings.api.url, timeoutSeconds: settings.relayTimeoutSeconds },
    trustProxyHops: settings.trustProxyHops,
    isReady,
    logger,
    observe: createObserver({ metrics: processMetrics(), logger }),
  };
});
