/** Sends one call to the API, and gives up in time (RFC 9110, section 9). */
import { headers } from '@footbridge/contracts';
import type { EndUser, UserCallResult } from './auth-api.ts';
import { networkReason } from './network-reason.ts';

/** One call; `authorization` is the whole header value. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  /** Sent as JSON; absent: no body. */
  readonly json?: unknown;
  readonly from: EndUser;
  /** Until the whole answer has arrived. */
  readonly timeoutSeconds: number;
}

/** Where calls go, and by what. */
export interface SendOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
}

/** Makes the sender. It never rejects; why nothing came back is named without hosts and secrets. */
export function createSend({ url, fetch }: SendOptions): (call: Call) => Promise<UserCallResult> {
  return async ({ method, path, authorization, json, from, timeoutSeconds }) => {
    const hasBody = json !== undefined;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(hasBody && { 'content-type': 'application/json' }),
          authorization,
          [headers.requestId]: from.requestId,
          ...(from.address !== undefined && { 'x-forwarded-for': from.address }),
          ...(from.userAgent !== undefined && { 'user-agent': from.userAgent }),
        },
        ...(hasBody && { body: JSON.stringify(json) }),
        redirect: 'manual', // a followed redirect would carry the password to whoever answers it
        cache: 'no-store', // Next caches what fetch brings: one person's tokens must not answer another's login
        signal: AbortSignal.timeout(timeoutSeconds * 1000), // not the browser's: others wait for the same answer
      });
      return { kind: 'answer', response };
    } catch (error) {
      return { kind: 'unavailable', reason: networkReason(error) };
    }
  };
}
