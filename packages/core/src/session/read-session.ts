/** Reads a request's session, for those who show pages and for those who renew tokens. */
import type { Revocations } from '../revocations/revocations.ts';
import { type Authentication, type Judge, rank } from './authentication.ts';
import type { RemoteVerify } from './remote-verification.ts';
import { type SealedSession, sealedSession } from './session-content.ts';
import type { SessionCookie } from './session-cookie.ts';

/** Reads and verifies, never writes. Never rejects, whatever the header is. */
export type Authenticate = (cookieHeader: string | null) => Promise<Authentication>;

/** A session with its tokens, as this server itself judges it. */
export interface FoundSession {
  readonly authentication: Authentication;
  /** Absent when no cookie could be opened. */
  readonly session?: SealedSession;
}

/** Finds the session that a refresh starts from. Never rejects. */
export type FindSession = (cookieHeader: string | null) => Promise<FoundSession>;

/** What `createAuthenticate()` takes. */
export interface AuthenticateOptions {
  readonly cookie: SessionCookie;
  readonly judge: Judge;
  readonly verification: 'local' | 'remote';
  readonly revocationOnStale: 'local' | 'remote';
  readonly revocations: Pick<Revocations, 'isStale'>;
  readonly remoteVerify: RemoteVerify;
  readonly newRequestId: () => string;
}

/** The first value that verifies wins; if none does, the outcome that says most. */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { cookie, judge, revocations } = options;
  const isStale = () => options.revocationOnStale === 'remote' && revocations.isStale();
  return async (cookieHeader) => {
    let best: Authentication = { kind: 'anonymous', reason: 'no_cookie' };
    for (const sealed of cookie.candidates(cookieHeader)) {
      const judging = judge(sealed);
      const judged = judging instanceof Promise ? await judging : judging; // awaiting a value costs a turn
      const isDoubtful = judged.kind === 'authenticated' && (options.verification === 'remote' || isStale());
      const outcome = isDoubtful ? await confirm(judged, sealed, options) : judged;
      if (outcome.kind === 'authenticated') return outcome;
      if (rank(outcome) > rank(best)) best = outcome;
    }
    return best;
  };
}

type Verified = Extract<Authentication, { kind: 'authenticated' }>;

/** The API's word on what was right here. A token that it does not take is past its time there: refreshing decides. */
async function confirm(judged: Verified, sealed: string, options: AuthenticateOptions): Promise<Authentication> {
  const opened = await options.cookie.open(sealed);
  if (opened.kind !== 'opened') return { kind: 'anonymous', reason: 'session_over' };
  const word = await options.remoteVerify(opened.content.accessToken, { requestId: options.newRequestId() });
  switch (word.kind) {
    case 'authenticated':
      return { ...judged, user: word.user };
    case 'token_refused':
      return { ...judged, kind: 'expired' };
    case 'ended':
      return { kind: 'anonymous', reason: 'session_revoked' };
    case 'unavailable':
      return word;
  }
}

/** What `createFindSession()` takes. */
export type FindSessionOptions = Pick<AuthenticateOptions, 'cookie' | 'judge'>;

/**
 * Among equals the session that ends last, for each generation slides the end: an older one that is still about, shown
 * to the API after its grace, would look like theft.
 */
export function createFindSession({ cookie, judge }: FindSessionOptions): FindSession {
  return async (cookieHeader) => {
    let best: FoundSession = { authentication: { kind: 'anonymous', reason: 'no_cookie' } };
    for (const sealed of cookie.candidates(cookieHeader)) {
      const authentication = await judge(sealed);
      const opened = await cookie.open(sealed);
      const session = opened.kind === 'opened' ? sealedSession(opened.content) : undefined;
      const found: FoundSession = { authentication, ...(session && { session }) };
      if (isBetter(found, best)) best = found;
    }
    return best;
  };
}

function isBetter(found: FoundSession, best: FoundSession): boolean {
  const difference = rank(found.authentication) - rank(best.authentication);
  const end = ({ session }: FoundSession) => session?.content.expiresAt ?? 0;
  return difference > 0 || (difference === 0 && end(found) > end(best));
}
