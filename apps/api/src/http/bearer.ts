/** Admits a bearer (RFC 6750): the token is verified locally, then this process's set of ended sessions is asked. */
import type { AccessTokenClaims, User } from '@footbridge/contracts';
import type { AccessTokenOutcome } from '@footbridge/core';
import type { Request } from 'express';
import type { TokenVerifier } from '../access-token/verify.ts';
import type { Session } from '../generated/prisma/client.ts';
import { Refusal } from '../refusal.ts';
import type { RevocationSet } from '../revocations/revocation-set.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { readBearer } from './authorization.ts';

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

/** The two ways in; both refuse with the reason. */
export interface BearerGates {
  /** Costs no query. A session that ended anywhere is refused within a second. */
  readonly admitBearer: (request: Request) => Promise<Bearer>;
  /** Reads the session's row, which has the last word. */
  readonly admitLiveBearer: (request: Request) => Promise<LiveBearer>;
}

/** How tokens are verified, which sessions are known to have ended, and where the rows are. */
export interface BearerGatesOptions {
  readonly verify: TokenVerifier;
  readonly revocations: RevocationSet;
  readonly sessions: Sessions;
}

/** Creates the gates. */
export function createBearerGates({ verify, revocations, sessions }: BearerGatesOptions): BearerGates {
  const readLive = async ({ sid, sub }: AccessTokenClaims): Promise<LiveBearer> => {
    const reading = await sessions.read(sid);
    if (reading.kind !== 'live') throw new Refusal(`session_${reading.kind}`);
    const isTheirSession = reading.user.id === sub;
    if (!isTheirSession) throw new Refusal('invalid_token');
    return { user: reading.user, session: reading.session };
  };

  return {
    async admitBearer(request) {
      const claims = valid(await judgeHeader(request, verify));
      if (revocations.has(claims.sid)) throw new Refusal('session_revoked');
      // A set that has lost touch with the other instances proves nothing: until it is back, the row does.
      if (!revocations.isCurrent) await readLive(claims);
      return { userId: claims.sub, sessionId: claims.sid };
    },

    async admitLiveBearer(request) {
      const verdict = await judgeHeader(request, verify);
      // A token may end because its session does: then the row has the better reason.
      if (verdict.kind === 'expired') await readLive(verdict.claims);
      return readLive(valid(verdict));
    },
  };
}

function judgeHeader(request: Request, verify: TokenVerifier): Promise<AccessTokenOutcome> {
  const header = readBearer(request);
  if (header.kind === 'none') throw new Refusal('missing_token');
  if (header.kind === 'malformed') throw new Refusal('invalid_token');
  return verify(header.token);
}

function valid(verdict: AccessTokenOutcome): AccessTokenClaims {
  if (verdict.kind !== 'valid') throw new Refusal('invalid_token');
  return verdict.claims;
}
