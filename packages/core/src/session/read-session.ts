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
  /** Other sessions that the cookies open, the best first: a twin that is over must not end the real one. */
  readonly others?: readonly SealedSession[];
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
    for (const candidate of cookie.candidates(cookieHeader)) {
      const judging = judge(candidate);
      const judged = judging instanceof Promise ? await judging : judging; // awaiting a value costs a turn
      const isDoubtful = judged.kind === 'authenticated' && (options.verification === 'remote' || isStale());
      const outcome = isDoubtful ? await confirm(judged, candidate, options) : judged;
      if (outcome.kind === 'authenticated') return outcome;
      if (rank(outcome) > rank(best)) best = outcome;
    }
    return best;
  };
}

type Verified = Extract<Authentication, { kind: 'authenticated' }>;

/** The API's word on what was right here. A token that it does not take is past its time there: refreshing decides. */
async function confirm(judged: Verified, candidate: string, options: AuthenticateOptions): Promise<Authentication> {
  const opened = await options.cookie.open(candidate);
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
    const found: FoundSession[] = [];
    for (const candidate of cookie.candidates(cookieHeader)) {
      const authentication = await judge(candidate);
      const opened = await cookie.open(candidate);
      const session = opened.kind === 'opened' ? sealedSession(opened.content) : undefined;
      found.push({ authentication, ...(session && { session }) });
    }
    const [best, ...rest] = found.toSorted(bestFirst);
    if (best === undefined) return { authentication: { kind: 'anonymous', reason: 'no_cookie' } };
    return { ...best, others: otherSessions(best, rest) };
  };
}

function otherSessions({ session: best }: FoundSession, rest: readonly FoundSession[]): SealedSession[] {
  const known = new Set([best?.id]);
  return rest.flatMap(({ session }) => {
    if (session === undefined || known.has(session.id)) return [];
    known.add(session.id);
    return [session];
  });
}

function bestFirst(left: FoundSession, right: FoundSession): number {
  const end = ({ session }: FoundSession) => session?.content.expiresAt ?? 0;
  return rank(right.authentication) - rank(left.authentication) || end(right) - end(left);
}
