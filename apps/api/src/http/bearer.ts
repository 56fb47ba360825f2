/** Admits a bearer (RFC 6750): the token is verified locally, then the session's row has the last word. */
import type { AccessTokenClaims, User } from '@footbridge/contracts';
import type { Request } from 'express';
import type { TokenVerifier } from '../access-token/verify.ts';
import type { Session } from '../generated/prisma/client.ts';
import { Refusal } from '../refusal.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { readBearer } from './authorization.ts';

/** Who is asking, and in which session. */
export interface Bearer {
  readonly user: User;
  readonly session: Session;
}

/** Gives the bearer of a request, or refuses with the reason. */
export type BearerGate = (request: Request) => Promise<Bearer>;

/** How tokens are verified and sessions read. */
export interface BearerGateOptions {
  readonly verify: TokenVerifier;
  readonly sessions: Sessions;
}

/** Creates the gate. */
export function createBearerGate({ verify, sessions }: BearerGateOptions): BearerGate {
  return async (request) => {
    const claims = await verifiedClaims(request, verify);
    const reading = await sessions.read(claims.sid);
    if (reading.kind !== 'live') throw new Refusal(`session_${reading.kind}`);
    const isTheirSession = reading.user.id === claims.sub;
    if (!isTheirSession) throw new Refusal('invalid_token');
    return { user: reading.user, session: reading.session };
  };
}

async function verifiedClaims(request: Request, verify: TokenVerifier): Promise<AccessTokenClaims> {
  const header = readBearer(request);
  if (header.kind === 'none') throw new Refusal('missing_token');
  if (header.kind === 'malformed') throw new Refusal('invalid_token');
  const verdict = await verify(header.token);
  if (verdict.kind !== 'valid') throw new Refusal('invalid_token');
  return verdict.claims;
}
