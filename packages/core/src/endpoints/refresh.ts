/** `/api/refresh`: a script asks for new tokens, or a page is sent round by here (DESIGN sections 6 and 8, step 3). */
import type { ErrorCode } from '@footbridge/contracts';
import {
  emptyAnswer,
  errorAnswer,
  jsonAnswer,
  redirectAnswer,
  type Refusal,
  type WaitingPage,
  waitingPage,
} from '../answers.ts';
import type { SetCookie } from '../cookies/header.ts';
import type { Exchange, Handlers } from '../endpoint.ts';
import { isPrefetch, requestKind } from '../guard/request-kind.ts';
import { refreshAny, type RefreshOutcome } from '../refresh/refresh.ts';
import { loginLocation, type LoginReason, localPath } from '../return-to.ts';
import type { Services } from '../services.ts';
import type { FoundSession } from '../session/read-session.ts';
import type { SessionCookie } from '../session/session-cookie.ts';

/**
 * Always rotates when asked. GET is where any site may send a person, as to every page; it is harmless, for rotating is
 * idempotent, the tokens stay with their owner, and `returnTo` leads nowhere else.
 */
export function refresh(services: Services): Handlers {
  if (services.api.refresh === undefined) return {};
  return {
    isNavigationTarget: true,
    POST: async (exchange) => {
      const found = await services.findSession(exchange.cookieHeader);
      return answerScript(await outcomeOf(found, exchange, services), exchange, services);
    },
    GET: async (exchange) => {
      // Speculation is not a visit: it must not use up a rotation, nor leave a cookie behind.
      if (isPrefetch(exchange.request, {})) return emptyAnswer(401, { requestId: exchange.requestId });
      const found = await services.findSession(exchange.cookieHeader);
      const isLoop = found.session && (await services.bounces.isLoop(exchange.cookieHeader, found.session));
      if (isLoop) return stopped(exchange, services);
      return answerPage(await outcomeOf(found, exchange, services), found, { ...exchange, services });
    },
  };
}

type Outcome =
  | RefreshOutcome
  /** There was no session to begin with. */
  | { readonly kind: 'ended'; readonly code: 'unauthenticated'; readonly isToldAlready: true };

type Ending = Extract<Outcome, { kind: 'ended' }>;

async function outcomeOf(found: FoundSession, { endUser }: Exchange, { refreshing }: Services): Promise<Outcome> {
  const { authentication, session, others = [] } = found;
  if (session) return refreshAny([session, ...others], { refreshing, from: endUser });
  const isOver = authentication.kind === 'anonymous' && authentication.reason === 'session_over';
  return isOver
    ? { kind: 'ended', code: 'session_expired', isToldAlready: false }
    : { kind: 'ended', code: 'unauthenticated', isToldAlready: true };
}

/** JSON: `{success, message, data: {user}}`, never a token. */
async function answerScript(outcome: Outcome, exchange: Exchange, { cookie }: Services): Promise<Response> {
  const { requestId, cookieHeader } = exchange;
  switch (outcome.kind) {
    case 'refreshed': {
      const { content } = outcome.session;
      const body = { success: true, message: 'refreshed', data: { user: content.user } };
      return jsonAnswer(200, body, { requestId, setCookies: await cookie.write(content, cookieHeader) });
    }
    case 'ended':
      return errorAnswer({ code: outcome.code }, { requestId, setCookies: leftovers(outcome, exchange, cookie) });
    case 'unavailable':
      return errorAnswer(outage(outcome), { requestId });
  }
}

interface PageVisit extends Exchange {
  readonly services: Services;
}

async function answerPage(outcome: Outcome, found: FoundSession, visit: PageVisit): Promise<Response> {
  const { requestId, cookieHeader, request, services } = visit;
  const { cookie, paths, bounces } = services;
  const returnTo = localPath(new URL(request.url).searchParams.get('returnTo'));
  const back = (...setCookies: SetCookie[]) => redirectAnswer(303, returnTo ?? paths.home, { requestId, setCookies });
  switch (outcome.kind) {
    case 'refreshed': {
      const written = await cookie.write(outcome.session.content, cookieHeader);
      return back(...written, bounces.count(cookieHeader, outcome.session));
    }
    case 'ended': {
      const location = loginLocation(paths.login, { reason: reasonOf(outcome.code), returnTo });
      return redirectAnswer(303, location, { requestId, setCookies: leftovers(outcome, visit, cookie) });
    }
    case 'unavailable': {
      const isStillValid = found.authentication.kind === 'authenticated' && found.session !== undefined;
      return isStillValid ? back(bounces.count(cookieHeader, found.session)) : wait(visit, outage(outcome));
    }
  }
}

/** What an ended session leaves in the browser. */
function leftovers({ isToldAlready }: Ending, { cookieHeader }: Exchange, cookie: SessionCookie): SetCookie[] {
  return isToldAlready ? [] : cookie.clear(cookieHeader);
}

function reasonOf(code: ErrorCode): LoginReason | undefined {
  if (code === 'unauthenticated') return undefined;
  return code === 'session_expired' ? 'session_expired' : 'session_ended';
}

function outage({ retryAfter }: { retryAfter?: string | undefined }): Refusal {
  return { code: 'api_unavailable', retryAfter };
}

/** Sends nobody on: neither the cookie nor the session is touched. */
function wait({ request, requestId }: Exchange, refusal: Refusal & { page?: WaitingPage }): Response {
  const isScript = requestKind(request, {}) === 'script';
  return isScript ? errorAnswer(refusal, { requestId }) : waitingPage(refusal, { requestId });
}

function stopped(exchange: Exchange, { logger }: Services): Response {
  logger.error('refresh_loop_stopped', {
    requestId: exchange.requestId,
    remedy: 'compare the clocks of all frontend servers, and check that nothing on the way drops Set-Cookie',
  });
  return wait(exchange, { code: 'api_unavailable', retryAfter: '10', page: 'going in circles' });
}
