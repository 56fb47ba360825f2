/** `POST /api/logout`: ends the session that a bearer or refresh token names, once or again (RFC 7009, section 2). */
import { logoutRequest } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import { eventLog } from '../http/access-log.ts';
import { readBearer } from '../http/authorization.ts';
import { hasBody, readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { isGenuine, parseRefreshToken } from '../refresh-token/refresh-token.ts';
import { refreshTokenKeys } from '../refresh-token/token-keys.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

/** What one credential says: the session it may end, why it may not, or that it was not presented. */
type Claim =
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: 'invalid_token' | 'invalid_refresh_token' }
  | { readonly kind: 'none' };

/** Answers 200 when at least one of the presented tokens is genuine, also when its session is already over. */
export function logout(services: Services): Handler {
  return async (request, response) => {
    const refreshToken = await presentedRefreshToken(request, response);
    const claims = [await byBearer(request, services), await byRefreshToken(refreshToken, services)];
    const ids = new Set(claims.flatMap((claim) => (claim.kind === 'session' ? [claim.id] : [])));
    if (ids.size === 0) throw refusalOf(claims);

    const log = eventLog(services.logger, response);
    for (const id of ids) {
      const wasLive = await services.sessions.end(id, 'logout');
      if (wasLive) log.info({ sessionId: id, reason: 'logout' }, 'session_ended');
    }
    response.json({ success: true, message: 'logged out' });
  };
}

async function presentedRefreshToken(request: Request, response: Response): Promise<string | undefined> {
  if (!hasBody(request)) return undefined;
  return (await readJson({ request, response, schema: logoutRequest })).refreshToken;
}

/** An expired token still proves whose session it was: being late is no reason to stay logged in. */
async function byBearer(request: Request, { verify }: Services): Promise<Claim> {
  const header = readBearer(request);
  if (header.kind === 'none') return { kind: 'none' };
  if (header.kind === 'malformed') return { kind: 'refused', code: 'invalid_token' };
  const verdict = await verify(header.token);
  if (verdict.kind !== 'valid' && verdict.kind !== 'expired') return { kind: 'refused', code: 'invalid_token' };
  return { kind: 'session', id: verdict.claims.sid };
}

/** A genuine token of any generation will do, rotated away or not. */
async function byRefreshToken(text: string | undefined, { sessions, secrets }: Services): Promise<Claim> {
  if (text === undefined) return { kind: 'none' };
  const token = parseRefreshToken(text);
  const session = token && (await sessions.find(token.sessionId));
  const isOurs = token && session && isGenuine(token, refreshTokenKeys(session, secrets));
  return isOurs ? { kind: 'session', id: session.id } : { kind: 'refused', code: 'invalid_refresh_token' };
}

function refusalOf(claims: readonly Claim[]): Refusal {
  const refused = claims.find((claim) => claim.kind === 'refused');
  return new Refusal(refused?.code ?? 'missing_token');
}
