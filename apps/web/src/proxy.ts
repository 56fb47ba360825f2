/** The guard: every page is protected unless `footbridge.ts` lists it as public. */
import { createProxy } from '@footbridge/next/proxy';
import { createPagePolicy } from './content-security-policy.ts';
import { webSettings } from './env.ts';
import { footbridge } from './footbridge.ts';

let policy: ReturnType<typeof createPagePolicy> | undefined; // made at the first page: a build reads no settings

export const proxy = createProxy(footbridge, {
  contentSecurityPolicy: (nonce) => (policy ??= createPagePolicy(webSettings()))(nonce),
});

// All paths but the endpoints (they judge for themselves), the health checks, the build's assets and what clients ask any
// host for. A literal: Next.js reads it at build time. `api` counts as a whole segment, so that `/apiary` is guarded.
export const config = {
  matcher: ['/((?!api/|api$|_next/|healthz$|readyz$|icon\\.svg$|favicon\\.ico$|robots\\.txt$).*)'],
};
