/** The guard: every page is protected unless `footbridge.ts` lists it as public. */
import { createProxy } from '@footbridge/next/proxy';
import { footbridge } from './footbridge.ts';

export const proxy = createProxy(footbridge);

// All paths but the endpoints (they judge for themselves), the build's assets and the icon. A literal: Next.js reads it
// at build time. `api` counts as a whole segment, so that `/apiary` is guarded.
export const config = { matcher: ['/((?!api/|api$|_next/|icon\\.svg$).*)'] };
