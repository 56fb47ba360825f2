/** Gets a session's next generation from the API, once for all who ask (RFC 6749, section 6; DESIGN section 5.3). */
import type { ErrorCode, TokenAnswer } from '@footbridge/contracts';
import { createMemory } from '../access-token/memory.ts';
import type { ApiResult, AuthApi, EndUser } from '../api/auth-api.ts';
import { networkReason } from '../api/network-reason.ts';
import type { Digest } from '../digest.ts';
import type { Observe, RefreshWord } from '../observer.ts';
import type { Revocations } from '../revocations/revocations.ts';
import { type AcceptOptions, acceptTokens } from '../session/accept-tokens.ts';
import { isRefreshDue } from '../session/refresh-due.ts';
import { type SealedSession, sealedSession } from '../session/session-content.ts';
import type { Successors } from './successors.ts';

/** The API's words that end a session. No other answer does. */
type Ending = 'session_expired' | 'session_revoked' | 'refresh_token_reused' | 'invalid_refresh_token';

/** The session is over: the API's own word, or this server's, which took part in ending it. */
export interface Ended {
  readonly kind: 'ended';
  readonly code: Ending;
  /**
   * A logout or a new login has just told the browser. Removing the cookie once more would, arriving late, remove the
   * one that the new login set.
   */
  readonly isToldAlready: boolean;
}

/** What a refresh came to. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly session: SealedSession }
  | Ended
  /** Everything else. The session lives on, and so does the cookie. */
  | { readonly kind: 'unavailable'; readonly retryAfter?: string | undefined };

/** Refreshes sessions. Neither method rejects. */
export interface Refresh {
  /** Replaces a session's tokens by the newest generation. `from` counts for the one who starts the rotation. */
  refresh(session: SealedSession, from: EndUser): Promise<RefreshOutcome>;
  /** Whether the API failed a moment ago, so that what is still valid need not ask it again at once. */
  isPaused(): boolean;
  /** Makes this process forget and refuse a session, whatever the API says of it and when. */
  end(sessionId: string): void;
}

/** What `createRefresh()` takes. */
export interface RefreshOptions extends Omit<AcceptOptions, 'requestId'> {
  readonly api: AuthApi;
  readonly revocations: Pick<Revocations, 'isRevoked' | 'revoke'>;
  readonly successors: Successors;
  readonly digest: Digest;
  readonly observe: Observe;
}

const pauseAfterOutageMs = 2_000;
/** Longer than any answer that is still under way. */
const endIsNewsForMs = 60_000;
const rememberedEnds = 10_000;

/**
 * Renews the first of these sessions that the API still has: twins of a cookie may be of sessions that are over. The
 * answer for the first counts where none lives, and where a logout has just ended it.
 */
export async function refreshAny(
  [first, ...others]: readonly [SealedSession, ...SealedSession[]],
  { refreshing, from }: { readonly refreshing: Pick<Refresh, 'refresh'>; readonly from: EndUser },
): Promise<RefreshOutcome> {
  const answer = await refreshing.refresh(first, from);
  if (answer.kind !== 'ended' || answer.isToldAlready) return answer;
  for (const other of others) {
    const outcome = await refreshing.refresh(other, from);
    if (outcome.kind !== 'ended') return outcome;
  }
  return answer;
}

/** Makes the one way in which tokens are renewed. */
export function createRefresh(options: RefreshOptions): Refresh {
  const { revocations, successors, digest, now, observe } = options;
  const endedHere = createMemory<true>({ capacity: rememberedEnds, now });
  let pausedUntil = Number.NEGATIVE_INFINITY;

  async function rotate(session: SealedSession, from: EndUser): Promise<RefreshOutcome> {
    const outcome = await judged(await ask(session, from, options), session, { ...options, from });
    observe({ kind: 'refresh', outcome: wordFor(outcome) });
    pausedUntil = outcome.kind === 'unavailable' ? now() + pauseAfterOutageMs : Number.NEGATIVE_INFINITY;
    if (outcome.kind === 'ended' && isEndOfSession(outcome.code)) revocations.revoke(session.id);
    return outcome;
  }

  /** A logout that came meanwhile wins, wherever the API stands: its answer has promised the end. */
  function unlessEnded({ id }: SealedSession, outcome: RefreshOutcome): RefreshOutcome {
    if (endedHere.recall(id)) return { kind: 'ended', code: 'session_revoked', isToldAlready: true };
    return revocations.isRevoked(id) && outcome.kind !== 'ended' ? revoked : outcome;
  }

  /** Who comes with the cookie after its logout has not heard of it. */
  async function refresh(session: SealedSession, from: EndUser): Promise<RefreshOutcome> {
    return endedHere.recall(session.id) ? revoked : unlessEnded(session, await renew(session, from));
  }

  async function renew(presented: SealedSession, from: EndUser): Promise<RefreshOutcome> {
    const key = await digest(presented.content.refreshToken);
    if (presented.content.refreshToken === '') return { kind: 'unavailable' }; // an access token alone: nothing to ask with
    if (revocations.isRevoked(presented.id)) return revoked;

    const known = successors.newest(key);
    const isCurrent = known !== undefined && !isRefreshDue(known.session.accessToken, now());
    if (isCurrent && !successors.isInFlight(known.key)) return refreshed(known.session);

    const newest = known ?? { key, session: presented };
    const outcome = await successors.share(newest.key, presented.id, () => rotate(newest.session, from));
    if (outcome.kind === 'unavailable') return isCurrent ? refreshed(known.session) : outcome;
    return outcome.kind === 'ended' ? outcome : refreshed(successors.newest(newest.key)?.session ?? outcome.session);
  }

  return {
    refresh,
    isPaused: () => now() < pausedUntil,
    end(sessionId) {
      endedHere.remember(sessionId, true, now() + endIsNewsForMs);
      revocations.revoke(sessionId);
      successors.forget(sessionId);
    },
  };
}

function wordFor(outcome: RefreshOutcome): RefreshWord {
  if (outcome.kind === 'ended') return outcome.code;
  return outcome.kind === 'refreshed' ? 'succeeded' : 'unavailable';
}

const revoked: Ended = { kind: 'ended', code: 'session_revoked', isToldAlready: false };

function refreshed(session: SealedSession): RefreshOutcome {
  return { kind: 'refreshed', session };
}

async function ask(
  { content }: SealedSession,
  from: EndUser,
  { api }: RefreshOptions,
): Promise<ApiResult<TokenAnswer>> {
  try {
    const result = api.refresh?.(content.refreshToken, from);
    return (await result) ?? { kind: 'unavailable', reason: 'this API has no refresh' };
  } catch (error) {
    return { kind: 'unavailable', reason: networkReason(error) };
  }
}

const endings: ReadonlySet<ErrorCode> = new Set<Ending>([
  'session_expired',
  'session_revoked',
  'refresh_token_reused',
  'invalid_refresh_token',
]);

function isEnding(code: ErrorCode): code is Ending {
  return endings.has(code);
}

/** Says something about the session, not only about the one token that was presented. */
function isEndOfSession(code: Ending): boolean {
  return code === 'session_revoked' || code === 'refresh_token_reused';
}

interface Judging extends RefreshOptions {
  readonly from: EndUser;
}

async function judged(
  result: ApiResult<TokenAnswer>,
  session: SealedSession,
  { from, ...options }: Judging,
): Promise<RefreshOutcome> {
  const { logger } = options;
  const { requestId } = from;
  if (result.kind === 'ok') return accepted(result.value, session, { ...options, requestId });
  if (result.kind === 'refused' && result.status === 401 && isEnding(result.code)) {
    const isTheft = result.code === 'refresh_token_reused';
    logger[isTheft ? 'warn' : 'info']('session_ended', { requestId, sessionId: session.id, code: result.code });
    return { kind: 'ended', code: result.code, isToldAlready: false };
  }
  const reason = result.kind === 'refused' ? `status ${result.status}, ${result.code}` : result.reason;
  logger.error('api_unavailable', { requestId, during: 'refresh', reason });
  return { kind: 'unavailable', retryAfter: result.retryAfter };
}

/** An answer that names another session is not ours, however it came here; it must not become anybody's cookie. */
async function accepted(answer: TokenAnswer, before: SealedSession, options: AcceptOptions): Promise<RefreshOutcome> {
  const { requestId, logger } = options;
  const content = await acceptTokens(answer, options);
  const session = content && sealedSession(content);
  if (session === undefined) return { kind: 'unavailable' };
  if (session.id !== before.id) {
    logger.error('api_answer_mixed_up', { requestId, reason: 'the answer to a refresh names another session' });
    return { kind: 'unavailable' };
  }
  logger.info('refresh_succeeded', { requestId, userId: session.content.user.id });
  return refreshed(session);
}
