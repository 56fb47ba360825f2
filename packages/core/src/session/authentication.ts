/** Who is asking: reads the session cookie and verifies the access token locally, without a network call. */
import type { AccessTokenClaims, User } from '@footbridge/contracts';
import type { SigningKeys } from '../access-token/keys.ts';
import type { Memory } from '../access-token/memory.ts';
import { verifyAccessToken } from '../access-token/verify.ts';
import type { Digest } from '../digest.ts';
import type { Logger } from '../logger.ts';
import type { Revocations } from '../revocations/revocations.ts';
import { type AccessTokenTimes, isRefreshDue } from './refresh-due.ts';
import { accessTokenTimes, sealedSession, type SessionContent } from './session-content.ts';
import type { SessionCookie } from './session-cookie.ts';

/** A session whose access token carries the API's signature. Times are on this server's clock. */
export interface VerifiedSession {
  id: string;
  /** End of the session when nobody comes back. */
  expiresAt: Date;
  /** End of the session whatever happens. */
  absoluteExpiresAt: Date;
  /** The access token is over, or about to be. */
  refreshDue: boolean;
  role: string;
}

/** Outcome of reading and verifying the session cookie. */
export type Authentication =
  | { kind: 'authenticated'; user: User; session: VerifiedSession }
  /** The signature holds and the session lives, but the access token is past its time. */
  | { kind: 'expired'; user: User; session: VerifiedSession }
  | {
      kind: 'anonymous';
      reason: 'no_cookie' | 'unreadable_cookie' | 'invalid_token' | 'session_over' | 'session_revoked';
    }
  /** Nobody can say now, for the API does not answer: neither a pass nor a logout. */
  | { kind: 'unavailable' };

/** What is kept of a verified session: no token. */
export interface KnownSession {
  readonly id: string;
  readonly role: string;
  readonly user: User;
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
  readonly accessToken: AccessTokenTimes;
}

/** What `createJudge()` takes; `now` is milliseconds since the epoch. */
export interface JudgeOptions {
  readonly cookie: Pick<SessionCookie, 'open'>;
  readonly issuer: string;
  readonly audience: string;
  readonly keys: SigningKeys;
  readonly memory: Memory<KnownSession>;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly digest: Digest;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Judges one candidate. Never rejects; says at once what it remembers, where the digest is synchronous. */
export type Judge = (candidate: string) => Authentication | Promise<Authentication>;

/** Makes the local judge: a look-up for what was verified before, decryption and signature check for the rest. */
export function createJudge(options: JudgeOptions): Judge {
  const { memory, digest, now, revocations } = options;

  function judgeByKey(candidate: string, key: string): Authentication | Promise<Authentication> {
    const known = memory.recall(key);
    return known ? outcomeOf('authenticated', known, { now: now(), revocations }) : verify(candidate, key, options);
  }

  return (candidate) => {
    const key = digest(candidate); // of the whole value: an equal beginning is not the same cookie
    return typeof key === 'string' ? judgeByKey(candidate, key) : key.then((made) => judgeByKey(candidate, made));
  };
}

/** The more of a cookie was found right, the more its outcome says about the person. */
const ranks = {
  no_cookie: 0,
  unreadable_cookie: 1,
  session_over: 2,
  session_revoked: 3,
  invalid_token: 4,
  unavailable: 5,
  expired: 6,
  authenticated: 7,
} as const;

/** Orders the outcomes of several candidates: the highest is the one to go by. */
export function rank(outcome: Authentication): number {
  return ranks[outcome.kind === 'anonymous' ? outcome.reason : outcome.kind];
}

async function verify(candidate: string, key: string, options: JudgeOptions): Promise<Authentication> {
  const { cookie, memory, now, revocations } = options;
  const opened = await cookie.open(candidate);
  if (opened.kind === 'unreadable') return { kind: 'anonymous', reason: 'unreadable_cookie' };
  if (opened.kind === 'over') return { kind: 'anonymous', reason: 'session_over' };

  const { content } = opened;
  const token = await verifyAccessToken(content.accessToken, {
    issuer: options.issuer,
    audience: options.audience,
    keys: options.keys,
    now: () => now() + content.apiClockAheadMs,
  });
  if (token.kind === 'unavailable') return token;
  if (token.kind === 'invalid') {
    const retired = opened.isVouched && token.isKeyUnknown ? overSession(content, now()) : undefined;
    if (retired) return outcomeOf('expired', retired, { now: now(), revocations });
    options.logger.warn('access_token_invalid', { reason: token.reason });
    return { kind: 'anonymous', reason: 'invalid_token' };
  }
  const session = knownSession(content, token.claims);
  const isValid = token.kind === 'valid';
  if (isValid) {
    const until = Math.min(session.accessToken.expiresAt, session.expiresAt, session.absoluteExpiresAt);
    memory.remember(key, session, until);
  }
  return outcomeOf(isValid ? 'authenticated' : 'expired', session, { now: now(), revocations });
}

/**
 * Whoever was away for longer than a retired key is published comes back with a token that nobody can verify any more.
 * Our seal still says whose session it is; no more than that, for the token is over.
 */
function overSession(content: SessionContent, now: number): KnownSession | undefined {
  const session = sealedSession(content);
  if (session === undefined || now < session.accessToken.expiresAt) return undefined;
  const { id, accessToken } = session;
  const { user, expiresAt, absoluteExpiresAt } = content;
  return { id, role: user.role, user, expiresAt, absoluteExpiresAt, accessToken };
}

function knownSession(content: SessionContent, claims: AccessTokenClaims): KnownSession {
  return {
    id: claims.sid,
    role: claims.role,
    user: content.user,
    expiresAt: content.expiresAt,
    absoluteExpiresAt: content.absoluteExpiresAt,
    accessToken: accessTokenTimes(claims, content),
  };
}

interface Moment extends Pick<JudgeOptions, 'revocations'> {
  readonly now: number;
}

function outcomeOf(
  kind: 'authenticated' | 'expired',
  known: KnownSession,
  { now, revocations }: Moment,
): Authentication {
  if (revocations.isRevoked(known.id)) return { kind: 'anonymous', reason: 'session_revoked' };
  const session = {
    id: known.id,
    expiresAt: new Date(known.expiresAt),
    absoluteExpiresAt: new Date(known.absoluteExpiresAt),
    refreshDue: isRefreshDue(known.accessToken, now),
    role: known.role,
  };
  return { kind, user: { ...known.user }, session };
}
