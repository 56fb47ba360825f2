/** Asks the API itself whether a session lives, where local verification may not be trusted (DESIGN section 5.4). */
import type { ErrorCode, SessionSummary, User } from '@footbridge/contracts';
import type { AuthApi, EndUser } from '../api/auth-api.ts';
import { describeException, type Logger } from '../logger.ts';

/** The API's word on an access token. */
export type RemoteVerification =
  | { readonly kind: 'authenticated'; readonly user: User; readonly session: SessionSummary }
  /** The session was revoked, or is over. */
  | { readonly kind: 'ended' }
  /** This access token is not taken: past its time on the API's clock, perhaps. Says nothing about the session. */
  | { readonly kind: 'token_refused' }
  /** No word could be had: neither a pass nor a logout. */
  | { readonly kind: 'unavailable' };

/** Asks about one access token. Never rejects. */
export type RemoteVerify = (accessToken: string, from: EndUser) => Promise<RemoteVerification>;

/** What `createRemoteVerification()` takes. */
export interface RemoteVerificationOptions {
  readonly api: Pick<AuthApi, 'verify'>;
  readonly logger: Logger;
}

/** Refusals that are the end of the session; any other one is about the token, or about us. */
const endings: ReadonlySet<ErrorCode> = new Set(['session_revoked', 'session_expired']);
const tokenRefusals: ReadonlySet<ErrorCode> = new Set(['invalid_token', 'missing_token']);

/**
 * Concurrent questions about one token share one call. Nothing is kept beyond it: an answer that outlives its call
 * would be the very gap that asking is meant to close.
 */
export function createRemoteVerification(options: RemoteVerificationOptions): RemoteVerify {
  const inFlight = new Map<string, Promise<RemoteVerification>>();
  return (accessToken, from) => {
    const running = inFlight.get(accessToken);
    if (running) return running;
    const flight = ask(accessToken, from, options).finally(() => inFlight.delete(accessToken));
    inFlight.set(accessToken, flight);
    return flight;
  };
}

async function ask(
  accessToken: string,
  from: EndUser,
  { api, logger }: RemoteVerificationOptions,
): Promise<RemoteVerification> {
  const unavailable = (details: Record<string, unknown>): RemoteVerification => {
    logger.error('api_unavailable', { requestId: from.requestId, during: 'verification', ...details });
    return { kind: 'unavailable' };
  };
  if (api.verify === undefined) return unavailable({ reason: 'this API has no remote verification' });
  try {
    const result = await api.verify(accessToken, from);
    if (result.kind === 'ok') return { kind: 'authenticated', user: result.value.user, session: result.value.session };
    if (result.kind === 'unavailable') return unavailable({ reason: result.reason });
    if (endings.has(result.code)) return { kind: 'ended' };
    return tokenRefusals.has(result.code) ? { kind: 'token_refused' } : unavailable({ reason: result.code });
  } catch (error) {
    return unavailable(describeException(error));
  }
}
