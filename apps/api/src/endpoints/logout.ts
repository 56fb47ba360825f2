/** `POST /api/logout`: ends the session that a bearer, refresh token or cookie names, once or again (RFC 7009, section 2). */
import { logoutRequest } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import { welcome } from '../browsers/browsers.ts';
import { eventLog } from '../http/access-log.ts';
import { type BearerHeader, readBearer } from '../http/authorization.ts';
import { hasBody, readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

/** What one credential says: the session it may end, why it may not, or that it was not presented. */
type Claim =
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: 'invalid_token' | 'invalid_refresh_token' }
  | { readonly kind: 'none' };

/** One request, and its answer in the making. */
interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Whoever names a session by a token is told whether it is genuine; a browser is logged out whatever its cookies are. */
export function logout(services: Services): Handler {
  return async (request, response) => {
    const exchange = { request, response };
    const bearer = readBearer(request);
    const refreshToken = await presentedRefreshToken(exchange, services);
    const isByToken = bearer.kind !== 'none' || refreshToken !== undefined;
    if (isByToken) await endByTokens({ bearer, refreshToken }, exchange, services);
    else await endByCookies(exchange, services);
    response.json({ success: true, message: 'logged out' });
  };
}

/** A body that cannot be read must not keep a browser logged in; where none is served, it is a mistake. */
async function presentedRefreshToken(exchange: Exchange, { browsers }: Services): Promise<string | undefined> {
  const { request } = exchange;
  if (!hasBody(request)) return undefined;
  try {
    return (await readJson({ ...exchange, schema: logoutRequest })).refreshToken;
  } catch (error) {
    const mayBeBrowser = readBearer(request).kind === 'none' && browsers.judge(request).kind !== 'unserved';
    if (mayBeBrowser) return undefined;
    throw error;
  }
}

interface PresentedCredentials {
  readonly bearer: BearerHeader;
  readonly refreshToken: string | undefined;
}

/** Succeeds when at least one of the presented tokens is genuine, also when its session is already over. */
async function endByTokens(
  { bearer, refreshToken }: PresentedCredentials,
  { request, response }: Exchange,
  services: Services,
): Promise<void> {
  const claims = [await byBearer(bearer, services), await byRefreshToken(refreshToken, services)];
  const ids = new Set(claims.flatMap((claim) => (claim.kind === 'session' ? [claim.id] : [])));
  if (ids.size === 0) throw refusalOf(claims);

  services.browsers.forgetPresented(request, response);
  const log = eventLog(services.logger, response);
  for (const id of ids) {
    const wasLive = await services.sessions.end(id, 'logout');
    if (wasLive) log.info({ sessionId: id, reason: 'logout' }, 'session_ended');
  }
}

/** The cookies go first: even if the sessions cannot be ended, this browser is logged out. */
async function endByCookies({ request, response }: Exchange, services: Services): Promise<void> {
  const browser = welcome(services.browsers.judge(request), 'missing_token');
  browser.forget(response);
  response.set('Clear-Site-Data', '"cache"');
  await services.endNamed(browser.tokens, { log: eventLog(services.logger, response) });
}

/** An expired token still proves whose session it was: being late is no reason to stay logged in. */
async function byBearer(header: BearerHeader, { verify }: Services): Promise<Claim> {
  if (header.kind === 'none') return { kind: 'none' };
  if (header.kind === 'malformed') return { kind: 'refused', code: 'invalid_token' };
  const verdict = await verify(header.token);
  if (verdict.kind !== 'valid' && verdict.kind !== 'expired') return { kind: 'refused', code: 'invalid_token' };
  return { kind: 'session', id: verdict.claims.sid };
}

/** A genuine token of any generation will do, rotated away or not. */
async function byRefreshToken(text: string | undefined, { recogniseRefreshToken }: Services): Promise<Claim> {
  if (text === undefined) return { kind: 'none' };
  const token = await recogniseRefreshToken(text);
  return token ? { kind: 'session', id: token.sessionId } : { kind: 'refused', code: 'invalid_refresh_token' };
}

function refusalOf(claims: readonly Claim[]): Refusal {
  const refused = claims.find((claim) => claim.kind === 'refused');
  return new Refusal(refused?.code ?? 'missing_token');
}
