/** One call that was let through: its request, its second attempt, and what the browser gets of it. */
import { errorAnswer } from '../answers.ts';
import type { SetCookie } from '../cookies/header.ts';
import { describeException, type Logger } from '../logger.ts';
import type { Observe } from '../observer.ts';
import type { Revocations } from '../revocations/revocations.ts';
import { secured, securityHeaders } from '../security-headers.ts';
import type { Bearer } from './bearer.ts';
import type { HeaderField } from './fields.ts';
import type { RelayRules } from './options.ts';
import type { Renew, RefusedCall } from './renewal.ts';
import { browserHead } from './response-headers.ts';
import type { FailureKind, RelayRequest, UpstreamCall, UpstreamHead, UpstreamRequest } from './transport.ts';

/** What every call needs. */
export interface CallServices {
  /** The frontend's, which decides what its answers say of https. */
  readonly publicOrigin: string;
  readonly rules: RelayRules;
  readonly renew: Renew;
  readonly revocations: Pick<Revocations, 'onEnd'>;
  readonly logger: Logger;
  readonly observe: Observe;
}

/** What is known of one call. */
export interface CallOptions extends Pick<RefusedCall, 'cookieHeader' | 'endUser'> {
  readonly received: RelayRequest;
  readonly isHandshake: boolean;
  /** Path and query for the API. */
  readonly path: string;
  readonly bearer?: Bearer | undefined;
  /** The complete headers for the API with this access token. */
  readonly headersWith: (accessToken: string | undefined) => readonly HeaderField[] | undefined;
  readonly headers: readonly HeaderField[];
  /** Of a refresh before the call, or of a session that turned out to be over. */
  readonly setCookies: readonly SetCookie[];
}

/** Makes the call that a transport carries out. */
export function createCall(options: CallOptions, services: CallServices): UpstreamCall {
  const { received, isHandshake, bearer, endUser } = options;
  const { publicOrigin, rules, revocations, logger, observe } = services;
  const startedAt = performance.now();
  const { requestId } = endUser;
  let { setCookies } = options;
  // Once the token has been renewed, or cannot be, the API's word stands.
  let mayRenew = bearer !== undefined && !received.hasBody && setCookies.length === 0;

  const requestWith = (headers: readonly HeaderField[]): UpstreamRequest => ({
    method: received.method,
    origin: rules.upstream.origin,
    path: options.path,
    headers,
    headersTimeoutMs: rules.headersTimeoutMs,
  });

  async function renewed(refused: Bearer): Promise<UpstreamRequest | undefined> {
    const renewal = await services.renew({ ...options, bearer: refused });
    if (renewal.kind === 'none') return undefined;
    setCookies = renewal.setCookies;
    const headers = renewal.kind === 'renewed' ? options.headersWith(renewal.bearer.accessToken) : undefined;
    return headers && requestWith(headers);
  }

  return {
    requestId,
    request: requestWith(options.headers),
    async retry({ status }) {
      if (status !== 401 || !mayRenew || bearer === undefined) return undefined;
      mayRenew = false;
      try {
        return await renewed(bearer);
      } catch (error) {
        logger.error('internal_error', { requestId, ...describeException(error) });
        return undefined;
      }
    },
    answer(head: UpstreamHead) {
      observe({ kind: 'relay_answered', status: head.status, seconds: (performance.now() - startedAt) / 1000 });
      return browserHead(head, {
        passes: rules.responseHeaders,
        isHandshake,
        upstream: rules.upstream,
        requestId,
        setCookies,
        security: securityHeaders(publicOrigin),
      });
    },
    failure(kind: FailureKind, reason: string) {
      logger.error('api_unavailable', { requestId, during: 'relay', kind, reason });
      observe({ kind: 'relay_failed', failure: kind });
      const code = kind === 'timeout' ? 'gateway_timeout' : 'bad_gateway';
      return secured(bodyless(received, errorAnswer({ code }, { requestId, setCookies })), publicOrigin);
    },
    streams(of) {
      observe({ kind: 'stream_opened', of });
      return () => observe({ kind: 'stream_closed', of });
    },
    onSessionEnd: (listener) => (bearer ? revocations.onEnd(bearer.sessionId, listener) : () => undefined),
  };
}

/** HEAD gets the headers of GET, and no body. */
export function bodyless({ method }: Pick<RelayRequest, 'method'>, response: Response): Response {
  return method === 'HEAD' ? new Response(null, { status: response.status, headers: response.headers }) : response;
}
