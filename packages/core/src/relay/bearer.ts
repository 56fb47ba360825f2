/** The access token that a session's calls carry, remembered: to unseal it each time is most of what a call costs. */
import type { Memory } from '../access-token/memory.ts';
import type { Digest } from '../digest.ts';
import type { Authentication } from '../session/authentication.ts';
import type { FindSession } from '../session/read-session.ts';

/** The access token of a call, and the session that it is of. */
export interface Bearer {
  readonly sessionId: string;
  readonly accessToken: string;
}

/** A bearer, or why there is none now: another request may have ended the session meanwhile. */
export type FoundBearer =
  | { readonly kind: 'bearer'; readonly bearer: Bearer }
  | { readonly kind: Exclude<Authentication['kind'], 'authenticated'> };

/** Finds the bearer of a session that has just been authenticated by this `Cookie` header. Never rejects. */
export type FindBearer = (cookieHeader: string | null, sessionId: string) => Promise<FoundBearer>;

/** What `createFindBearer()` takes. */
export interface FindBearerOptions {
  readonly findSession: FindSession;
  /** By the digest of a whole `Cookie` header. Tokens leave it when they expire. */
  readonly memory: Memory<Bearer>;
  readonly digest: Digest;
}

/** Makes the look-up. What is remembered counts for the very session that was authenticated, and for no twin of it. */
export function createFindBearer({ findSession, memory, digest }: FindBearerOptions): FindBearer {
  return async (cookieHeader, sessionId) => {
    const digesting = digest(cookieHeader ?? '');
    const key = typeof digesting === 'string' ? digesting : await digesting;
    const known = memory.recall(key);
    if (known?.sessionId === sessionId) return { kind: 'bearer', bearer: known };

    const { authentication, session } = await findSession(cookieHeader);
    if (authentication.kind !== 'authenticated') return authentication;
    if (session === undefined) return { kind: 'anonymous' };
    const bearer = { sessionId: session.id, accessToken: session.content.accessToken };
    memory.remember(key, bearer, session.accessToken.expiresAt);
    return { kind: 'bearer', bearer };
  };
}
