/** The access token that a session's calls carry, remembered: to unseal it each time is most of what a call costs. */
import type { Memory } from '../access-token/memory.ts';
import type { Digest } from '../digest.ts';
import type { Revocations } from '../revocations/revocations.ts';
import type { Authentication } from '../session/authentication.ts';
import type { FindSession } from '../session/read-session.ts';
import { type AccessTokenTimes, isRefreshDue } from '../session/refresh-due.ts';

/** The access token of a call, and the session that it is of. */
export interface Bearer {
  readonly sessionId: string;
  readonly accessToken: string;
}

/** A bearer, or why there is none now: another request may have ended the session meanwhile. */
export type FoundBearer =
  | { readonly kind: 'bearer'; readonly bearer: Bearer }
  | { readonly kind: Exclude<Authentication['kind'], 'authenticated'> };

/** The bearers of `Cookie` headers. */
export interface Bearers {
  /**
   * The bearer of a header that was found before, where nothing else is to be asked or done first: its session has not
   * ended, its token is not due, and this server's own word counts. Says so at once; `undefined` says nothing.
   */
  recall(cookieHeader: string | null): Bearer | undefined;
  /** Finds the bearer of a session that has just been authenticated by this header. Never rejects. */
  find(cookieHeader: string | null, sessionId: string): Promise<FoundBearer>;
}

/** What is remembered of a `Cookie` header. */
export interface KnownBearer {
  readonly bearer: Bearer;
  readonly times: AccessTokenTimes;
}

/** What `createBearers()` takes; `now` is milliseconds since the epoch. */
export interface BearersOptions {
  readonly findSession: FindSession;
  /** By the digest of a whole `Cookie` header. Tokens leave it when they expire. */
  readonly memory: Memory<KnownBearer>;
  readonly digest: Digest;
  readonly verification: 'local' | 'remote';
  readonly revocationOnStale: 'local' | 'remote';
  readonly revocations: Pick<Revocations, 'isRevoked' | 'isStale'>;
  readonly now: () => number;
}

/** Makes the look-ups. What is remembered counts for the very session that was authenticated, and for no twin of it. */
export function createBearers(options: BearersOptions): Bearers {
  const { findSession, memory, digest, verification, revocationOnStale, revocations, now } = options;
  const isOwnWordEnough = () => verification === 'local' && (revocationOnStale === 'local' || !revocations.isStale());
  return {
    recall(cookieHeader) {
      const key = cookieHeader !== null && isOwnWordEnough() ? digest(cookieHeader) : undefined;
      const known = typeof key === 'string' ? memory.recall(key) : undefined;
      const isSound = known && !revocations.isRevoked(known.bearer.sessionId) && !isRefreshDue(known.times, now());
      return isSound === true ? known?.bearer : undefined;
    },
    async find(cookieHeader, sessionId) {
      const key = await digest(cookieHeader ?? '');
      const known = memory.recall(key);
      if (known?.bearer.sessionId === sessionId) return { kind: 'bearer', bearer: known.bearer };

      const { authentication, session } = await findSession(cookieHeader);
      if (authentication.kind !== 'authenticated') return authentication;
      if (session === undefined) return { kind: 'anonymous' };
      const { id, content, accessToken: times } = session;
      const bearer = { sessionId: id, accessToken: content.accessToken };
      memory.remember(key, { bearer, times }, Math.min(times.expiresAt, content.expiresAt, content.absoluteExpiresAt));
      return { kind: 'bearer', bearer };
    },
  };
}
