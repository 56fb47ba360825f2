/** Who is asking: reads the session cookie and verifies the access token locally, without a network call. */
import type { AccessTokenClaims, User } from '@footbridge/contracts';
import { base64url } from 'jose';
import type { SigningKeys } from '../access-token/keys.ts';
import type { Memory } from '../access-token/memory.ts';
import { verifyAccessToken } from '../access-token/verify.ts';
import type { Logger } from '../logger.ts';
import { type AccessTokenTimes, isRefreshDue } from './refresh-due.ts';
import type { SessionContent } from './session-content.ts';
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
  | { kind: 'anonymous'; reason: 'no_cookie' | 'unreadable_cookie' | 'invalid_token' | 'session_over' }
  /** The signing keys were never fetched and the API does not answer: neither a pass nor a logout. */
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

/** What `createAuthenticate()` takes; `now` is milliseconds since the epoch. */
export interface AuthenticatorOptions {
  readonly cookie: SessionCookie;
  readonly issuer: string;
  readonly audience: string;
  readonly keys: SigningKeys;
  readonly memory: Memory<KnownSession>;
  readonly logger: Logger;
  readonly now: () => number;
  /** Names a cookie value in the memory. Default SHA-256. */
  readonly hash?: (value: string) => string | Promise<string>;
}

/** Reads and verifies, never writes. Never rejects, whatever the header is. */
export type Authenticate = (cookieHeader: string | null) => Promise<Authentication>;

/** The first value that verifies wins; if none does, the outcome that says most. */
export function createAuthenticate(options: AuthenticatorOptions): Authenticate {
  return async (cookieHeader) => {
    let best: Authentication = { kind: 'anonymous', reason: 'no_cookie' };
    for (const sealed of options.cookie.candidates(cookieHeader)) {
      const judged = await judge(sealed, options);
      if (judged.kind === 'authenticated') return judged;
      if (rank(judged) > rank(best)) best = judged;
    }
    return best;
  };
}

/** The more of a cookie was found right, the more its outcome says about the person. */
const ranks = {
  no_cookie: 0,
  unreadable_cookie: 1,
  session_over: 2,
  invalid_token: 3,
  unavailable: 4,
  expired: 5,
  authenticated: 6,
} as const;

function rank(outcome: Authentication): number {
  return ranks[outcome.kind === 'anonymous' ? outcome.reason : outcome.kind];
}

async function judge(sealed: string, options: AuthenticatorOptions): Promise<Authentication> {
  const { cookie, memory, now, hash = sha256 } = options;
  const key = await hash(sealed); // of the whole value: an equal beginning is not the same cookie
  const known = memory.recall(key);
  if (known) return outcomeOf('authenticated', known, now());

  const opened = await cookie.open(sealed);
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
    options.logger.warn('access_token_invalid', { reason: token.reason });
    return { kind: 'anonymous', reason: 'invalid_token' };
  }
  const session = knownSession(content, token.claims);
  if (token.kind === 'expired') return outcomeOf('expired', session, now());
  memory.remember(key, session, Math.min(session.accessToken.expiresAt, session.expiresAt, session.absoluteExpiresAt));
  return outcomeOf('authenticated', session, now());
}

function knownSession(content: SessionContent, claims: AccessTokenClaims): KnownSession {
  return {
    id: claims.sid,
    role: claims.role,
    user: content.user,
    expiresAt: content.expiresAt,
    absoluteExpiresAt: content.absoluteExpiresAt,
    accessToken: {
      expiresAt: claims.exp * 1000 - content.apiClockAheadMs,
      lifetimeMs: (claims.exp - claims.iat) * 1000,
    },
  };
}

function outcomeOf(kind: 'authenticated' | 'expired', known: KnownSession, now: number): Authentication {
  const session = {
    id: known.id,
    expiresAt: new Date(known.expiresAt),
    absoluteExpiresAt: new Date(known.absoluteExpiresAt),
    refreshDue: isRefreshDue(known.accessToken, now),
    role: known.role,
  };
  return { kind, user: { ...known.user }, session };
}

async function sha256(value: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))));
}
