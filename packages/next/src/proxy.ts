/** First step of every page request: Next.js's `proxy` function around the guard. It reads, it never writes a cookie. */
import { type NextRequest, NextResponse } from 'next/server';
import type { Footbridge } from './footbridge.ts';

/** What `src/proxy.ts` exports as `proxy`. */
export type Proxy = (request: NextRequest) => Promise<Response>;

/** Creates the `proxy` function: verified requests pass with `x-footbridge-*` headers, others are answered here. */
export function createProxy(footbridge: Footbridge): Proxy {
  return async (request) => {
    const decision = await footbridge.bff().guard(request, footbridge.contextOf(request));
    if (decision.kind === 'respond') return withParsableLocation(decision.response, request);
    return NextResponse.next({
      request: { headers: decision.requestHeaders },
      // A page behind the guard depends on the session, whether Next.js rendered it just now or at build time.
      headers: { 'cache-control': 'private, no-store' },
    });
  };
}

/**
 * Next.js parses `Location` without a base and then writes it relative again when the host is its own. Both come from
 * `request.nextUrl`, so that no `Host` header can turn the redirect into an absolute one.
 */
function withParsableLocation(response: Response, request: NextRequest): Response {
  const location = response.headers.get('location');
  if (location === null) return response;
  const headers = new Headers(response.headers);
  headers.set('location', new URL(location, request.nextUrl.origin).href);
  return new Response(response.body, { status: response.status, headers });
}
