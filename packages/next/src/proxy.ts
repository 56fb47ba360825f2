/** First step of every page request: Next.js's `proxy` function around the guard. It reads, it never writes a cookie. */
import { securityHeaders } from '@footbridge/core';
import { type NextRequest, NextResponse } from 'next/server';
import { type PolicyWithNonce, policyOfPage } from './content-security-policy.ts';
import type { Footbridge } from './footbridge.ts';

/** What `src/proxy.ts` exports as `proxy`. */
export type Proxy = (request: NextRequest) => Promise<Response>;

/** What `createProxy()` may be told. */
export interface ProxyOptions {
  /**
   * The `Content-Security-Policy` of every page that is shown. Default: none. Its nonce is a new one each time, so a page
   * that was rendered at build time cannot carry it: every page has to be dynamic.
   */
  readonly contentSecurityPolicy?: PolicyWithNonce;
}

/** Creates the `proxy` function: verified requests pass with `x-footbridge-*` headers, others are answered here. */
export function createProxy(footbridge: Footbridge, options: ProxyOptions = {}): Proxy {
  return async (request) => {
    const decision = await footbridge.bff().guard(request, footbridge.contextOf(request));
    if (decision.kind === 'respond') return withParsableLocation(decision.response, request);
    const policy = policyOfPage(decision.requestHeaders, options.contentSecurityPolicy);
    return NextResponse.next({
      request: { headers: decision.requestHeaders },
      headers: {
        // A page behind the guard depends on the session, whether Next.js rendered it just now or at build time.
        'cache-control': 'private, no-store',
        ...Object.fromEntries(securityHeaders(footbridge.publicOrigin())),
        ...(policy !== undefined && { 'content-security-policy': policy }),
      },
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
