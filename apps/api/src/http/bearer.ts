/** Admits a bearer (RFC 6750), or a browser by its cookie: verified locally, then the set of ended sessions is asked. */
import type { AccessTokenClaims, User } from '@footbridge/contracts';
import type { AccessTokenOutcome } from '@footbridge/core';
import type { Request } from 'express';
import type { TokenVerifier } from '../access-token/verify.ts';
import { type Browsers, welcome } from '../browsers/browsers.ts';
import type { Session } from '../generated/prisma/client.ts';
import { Refusal } from '../refusal.ts';
import type { RevocationSet } from '../revocations/revocation-set.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { readBearer } from './authorization.ts';

const retryAfterSeconds = 2;

/** Who is asking, and in which session, as the token says. */
export interface Bearer {
  readonly userId: string;
  readonly sessionId: string;
}

/** Who is asking, and in which session, as the rows say now. */
export interface LiveBearer {
  readonly user: User;
  readonly session: Session;
}

/**
 * The two ways in; both refuse with the reason. A bearer in the header counts alone. Without one a browser's cookie is
 * as good, where browsers are served, once the request was judged to come from a page of ours.
 */
export interface BearerGates {
  /** Costs no query. A session that ended anywhere is refused within a second. */
  readonly admitBearer: (request: Request) => Promise<Bearer>;
  /** Reads the session's row, which has the last word. */
  readonly admitLiveBearer: (request: Request) => Promise<LiveBearer>;
}

/** How tokens are presented and verified, which sessions are known to have ended, and where the rows are. */
export interface BearerGatesOptions {
  readonly browsers: Browsers;
  readonly verify: TokenVerifier;
  readonly revocations: RevocationSet;
  readonly sessions: Sessions;
}

/** Creates the gates. */
export function createBearerGates({ browsers, verify, revocations, sessions }: BearerGatesOptions): BearerGates {
  const readLive = async ({ sid, sub }: AccessTokenClaims): Promise<LiveBearer> => {
    const reading = await sessions.read(sid);
    if (reading.kind !== 'live') throw new Refusal(`session_${reading.kind}`);
    const isTheirSession = reading.user.id === sub;
    if (!isTheirSession) throw new Refusal('invalid_token');
    return { user: reading.user, session: reading.session };
  };

  const admit = async (verdict: Genuine): Promise<Bearer> => {
    const claims = valid(verdict);
    if (revocations.has(claims.sid)) throw new Refusal('session_revoked');
    // A set that has lost touch with the other instances proves nothing: until it is back, the row does.
    if (!revocations.isCurrent) await readLive(claims);
    return { userId: claims.sub, sessionId: claims.sid };
  };

  const admitLive = async (verdict: Genuine): Promise<LiveBearer> => {
    // A token may end because its session does: then the row has the better reason.
    if (verdict.kind === 'expired') await readLive(verdict.claims);
    return readLive(valid(verdict));
  };

  const judge = (request: Request): Promise<AccessTokenOutcome[]> =>
    Promise.all(presentedTokens(request, browsers).map(verify));

  return {
    admitBearer: async (request) => firstAdmitted(await judge(request), admit),
    admitLiveBearer: async (request) => firstAdmitted(await judge(request), admitLive),
  };
}

/** A token that this API has signed. */
type Genuine = Extract<AccessTokenOutcome, { kind: 'valid' | 'expired' }>;

function presentedTokens(request: Request, browsers: Browsers): readonly string[] {
  const header = readBearer(request);
  if (header.kind === 'malformed') throw new Refusal('invalid_token');
  if (header.kind === 'token') return [header.token];
  if (!browsers.isPresented(request)) throw new Refusal('missing_token');
  const { accessTokens } = welcome(browsers.judge(request), 'missing_token').tokens;
  if (accessTokens.length === 0) throw new Refusal('missing_token');
  return accessTokens;
}

/**
 * A browser may hold twins of a cookie, planted or left over: the first that is admitted wins, and forgeries do not
 * count. When none is, an expired token has the last word, for its session may go on once it is refreshed.
 */
async function firstAdmitted<Admitted>(
  verdicts: readonly AccessTokenOutcome[],
  admit: (verdict: Genuine) => Promise<Admitted>,
): Promise<Admitted> {
  const valid = verdicts.filter((verdict) => verdict.kind === 'valid');
  const expired = verdicts.filter((verdict) => verdict.kind === 'expired');
  const isUnknown = verdicts.some((verdict) => verdict.kind === 'unavailable');
  let refusal = isUnknown ? new Refusal('service_unavailable', { retryAfterSeconds }) : new Refusal('invalid_token');
  for (const verdict of [...valid, ...expired]) {
    try {
      return await admit(verdict);
    } catch (error) {
      const isRefused = error instanceof Refusal && error.status === 401;
      if (!isRefused) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function valid(verdict: Genuine): AccessTokenClaims {
  if (verdict.kind !== 'valid') throw new Refusal('invalid_token');
  return verdict.claims;
}
