/** What a session cookie holds, and how an API's answer becomes it (RFC 6749, section 5.1). */
import { type TokenAnswer, type User, user } from '@footbridge/contracts';
import { decodeJwt } from 'jose';
import type { AccessTokenTimes } from './refresh-due.ts';
import { namedGeneration } from './refresh-token.ts';

/** All times are milliseconds on this server's clock. */
export interface SessionContent {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
  /** How far the API's clock was ahead of ours when the tokens came. */
  readonly apiClockAheadMs: number;
}

/** One moment on two clocks. */
export interface Receipt {
  /** The access token's `iat`: seconds on the API's clock. */
  readonly issuedAtSeconds: number;
  /** When the answer came: milliseconds on our clock. */
  readonly receivedAt: number;
}

/** Below this a difference of clocks is the answer's travel time and `iat`'s whole seconds. */
export const clockNoiseMs = 5_000;

/**
 * Lifetimes count from receipt, on our clock, and the token's own `exp` is read with the API's clock as it was then.
 * Comparing one machine's timestamp with the other's clock would, minutes apart, expire a fresh token at once (an
 * endless loop of refreshes) or trust a dead one.
 */
export function sessionContent(answer: TokenAnswer, { issuedAtSeconds, receivedAt }: Receipt): SessionContent {
  const apiClockAheadMs = issuedAtSeconds * 1000 - receivedAt;
  // The absolute end is one fixed moment: noise must not make it wander from one answer to the next.
  const shiftMs = Math.abs(apiClockAheadMs) < clockNoiseMs ? 0 : apiClockAheadMs;
  return {
    accessToken: answer.token,
    refreshToken: answer.refreshToken,
    user: answer.data.user,
    expiresAt: receivedAt + answer.refreshExpiresIn * 1000,
    absoluteExpiresAt: Date.parse(answer.data.session.absoluteExpiresAt) - shiftMs,
    apiClockAheadMs,
  };
}

/** Reads content that was sealed by us; `undefined` when another version of us wrote it. */
export function parseSessionContent(value: unknown): SessionContent | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const content: Partial<Record<keyof SessionContent, unknown>> = value;
  const { accessToken, refreshToken, expiresAt, absoluteExpiresAt, apiClockAheadMs } = content;
  const parsedUser = user.safeParse(content.user);
  const hasTokens = typeof accessToken === 'string' && typeof refreshToken === 'string';
  const hasTimes =
    typeof expiresAt === 'number' && typeof absoluteExpiresAt === 'number' && typeof apiClockAheadMs === 'number';
  if (!hasTokens || !hasTimes || !parsedUser.success) return undefined;
  return { accessToken, refreshToken, user: parsedUser.data, expiresAt, absoluteExpiresAt, apiClockAheadMs };
}

/** A session with what a refresh goes by. Sealed, our seal vouches for it; if not, the API's answer to it will. */
export interface SealedSession {
  readonly id: string;
  readonly content: SessionContent;
  readonly accessToken: AccessTokenTimes;
}

/** Reads what the refresh of a session goes by; `undefined` when no token of it names a session. */
export function sealedSession(content: SessionContent): SealedSession | undefined {
  if (content.accessToken === '') return withoutAccessToken(content);
  try {
    const { sid, exp, iat } = decodeJwt(content.accessToken);
    const isComplete = typeof sid === 'string' && exp !== undefined && iat !== undefined;
    return isComplete ? { id: sid, content, accessToken: accessTokenTimes({ exp, iat }, content) } : undefined;
  } catch {
    return undefined;
  }
}

function withoutAccessToken(content: SessionContent): SealedSession | undefined {
  const named = namedGeneration(content.refreshToken);
  return named && { id: named.sessionId, content, accessToken: { expiresAt: 0, lifetimeMs: 0 } };
}

/** The times of an access token on this server's clock. */
export function accessTokenTimes(
  { exp, iat }: { readonly exp: number; readonly iat: number },
  { apiClockAheadMs }: Pick<SessionContent, 'apiClockAheadMs'>,
): AccessTokenTimes {
  return { expiresAt: exp * 1000 - apiClockAheadMs, lifetimeMs: (exp - iat) * 1000 };
}
