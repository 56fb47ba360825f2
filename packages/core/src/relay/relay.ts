/** The relay's funnel: origin, path and method, session, refresh, headers, and then the call (DESIGN section 9). */
import { errorAnswer, type Refusal } from '../answers.ts';
import type { EndUser } from '../api/auth-api.ts';
import type { SetCookie } from '../cookies/header.ts';
import { judgeOrigin, type OriginJudgement } from '../csrf.ts';
import type { EndpointRules, RequestContext } from '../endpoint.ts';
import { describeException } from '../logger.ts';
import { requestIdOf } from '../request-id.ts';
import { secured } from '../security-headers.ts';
import { bodyless, type CallServices, createCall } from './call.ts';
import type { Caller, FindCaller } from './caller.ts';
import { type FieldValues, fieldValues } from './fields.ts';
import { judgeHandshake, webSocketVersion } from './handshake.ts';
import type { RelayRules } from './options.ts';
import { upstreamHeaders } from './request-headers.ts';
import { judgeTarget } from './target.ts';
import type { Relay, RelayDecision, RelayRequest } from './transport.ts';

/** What `createRelay()` takes. */
export interface RelayServices extends EndpointRules, Omit<CallServices, 'rules'> {
  /** Absent where nothing is relayed. */
  readonly rules: RelayRules | undefined;
  readonly findCaller: FindCaller;
}

/** Makes the funnel. Without rules there is nothing behind it. */
export function createRelay(services: RelayServices): Relay {
  const { rules } = services;
  const funnel = rules && { ...services, rules };
  const enter =
    (judge: Judge) =>
    (request: RelayRequest, context: RequestContext = {}): RelayDecision | Promise<RelayDecision> => {
      const received = receivedOf(request, context, services);
      const secure = (decision: RelayDecision): RelayDecision => {
        if (decision.kind === 'respond') secured(decision.response, services.publicOrigin);
        return decision;
      };
      if (funnel === undefined) return secure(refuse(received, { code: 'not_found' }));
      const decision = decide(judge, received, funnel);
      return decision instanceof Promise ? decision.then(secure) : secure(decision);
    };
  return { judge: enter(judgeOrdinary), judgeUpgrade: enter(judgeUpgrade) };
}

/** A request with what every step needs of it. */
interface Received {
  readonly request: RelayRequest;
  readonly context: RequestContext;
  readonly fields: FieldValues;
  readonly endUser: EndUser;
}

/** The one place where an exception ends. */
function decide(judge: Judge, received: Received, funnel: Funnel): RelayDecision | Promise<RelayDecision> {
  const fail = (error: unknown): RelayDecision => {
    funnel.logger.error('internal_error', { requestId: received.endUser.requestId, ...describeException(error) });
    return refuse(received, { code: 'internal_error' });
  };
  try {
    const judged = judge(received, funnel);
    return judged instanceof Promise ? judged.catch(fail) : judged;
  } catch (error) {
    return fail(error);
  }
}

type Evidence = Extract<OriginJudgement, { kind: 'foreign' }>['reason'];
type Funnel = RelayServices & { readonly rules: RelayRules };
type OpenFunnel = Funnel & { readonly isHandshake?: boolean };
type Judge = (received: Received, funnel: Funnel) => RelayDecision | Promise<RelayDecision>;

function judgeOrdinary(received: Received, funnel: Funnel): RelayDecision | Promise<RelayDecision> {
  const { request, fields } = received;
  const rules = { origins: [funnel.publicOrigin] };
  const origin = judgeOrigin({ method: request.method, headers: fields }, rules);
  return origin.kind === 'foreign' ? refuseForeign(received, origin.reason, funnel) : relayed(received, funnel);
}

/**
 * Every browser names the origin of a page that opens a WebSocket, and no page can open one by leaving it out. What else
 * a browser says of the page must not contradict that.
 */
function judgeUpgrade(received: Received, funnel: Funnel): RelayDecision | Promise<RelayDecision> {
  const { request, fields } = received;
  if (fields.get('origin') !== funnel.publicOrigin) return refuseForeign(received, 'origin', funnel);
  const origin = judgeOrigin({ method: request.method, headers: fields }, { origins: [funnel.publicOrigin] });
  if (origin.kind === 'foreign') return refuseForeign(received, origin.reason, funnel);
  const handshake = judgeHandshake(request.method, fields);
  if (handshake.kind === 'malformed' || request.hasBody) return refuse(received, { code: 'invalid_request' });
  if (handshake.kind === 'version') {
    const headers = { upgrade: 'websocket', 'sec-websocket-version': webSocketVersion };
    return refuse(received, { code: 'invalid_request', status: 426 }, { headers });
  }
  return relayed(received, { ...funnel, isHandshake: true });
}

/** From here on a request is our own page's. */
function relayed(received: Received, funnel: OpenFunnel): RelayDecision | Promise<RelayDecision> {
  const { request, fields, context, endUser } = received;
  const { rules } = funnel;
  const target = judgeTarget(request.target, rules.upstream);
  if (target.kind === 'refused') return refuse(received, { code: 'invalid_request' });
  const route = rules.routes(target.name, request.method);
  if (route.kind === 'not_found') return refuse(received, { code: 'not_found' });
  if (route.kind === 'method_not_allowed') {
    return refuse(received, { code: 'method_not_allowed' }, { headers: { allow: route.allow } });
  }

  const { token } = route;
  const caller = funnel.findCaller({ token, cookieHeader: fields.get('cookie'), endUser, context });
  const forward = (found: Caller) => forwarded(received, { funnel, path: target.path, caller: found });
  return caller instanceof Promise ? caller.then(forward) : forward(caller);
}

interface Passage {
  readonly funnel: OpenFunnel;
  readonly path: string;
  readonly caller: Caller;
}

/** Only the headers are left to be judged. */
function forwarded(received: Received, { funnel, path, caller }: Passage): RelayDecision {
  const { request, endUser } = received;
  const { rules, isHandshake = false } = funnel;
  if (caller.kind === 'refused') return refuse(received, { code: caller.code }, caller);

  const passes = isHandshake ? rules.requestHeaders.handshake : rules.requestHeaders.ordinary;
  const headersWith = (accessToken: string | undefined) =>
    upstreamHeaders(request.headers, { passes, requestId: endUser.requestId, accessToken });
  const headers = headersWith(caller.bearer?.accessToken);
  if (headers === undefined) return refuse(received, { code: 'invalid_request' }, caller);
  const { bearer, setCookies, cookieHeader } = caller; // by name: a spread costs more than all else here
  const call = {
    received: request,
    isHandshake,
    endUser,
    path,
    headers,
    headersWith,
    bearer,
    setCookies,
    cookieHeader,
  };
  return { kind: 'forward', call: createCall(call, funnel) };
}

function receivedOf(request: RelayRequest, context: RequestContext, { newRequestId }: EndpointRules): Received {
  const fields = fieldValues(request.headers);
  const userAgent = fields.get('user-agent');
  const endUser = {
    requestId: requestIdOf({ headers: fields }, newRequestId),
    ...(context.clientAddress !== undefined && { address: context.clientAddress }),
    ...(userAgent !== null && { userAgent }),
  };
  return { request, context, fields, endUser };
}

function refuseForeign(received: Received, reason: Evidence, { logger, observe }: Funnel): RelayDecision {
  logger.warn('cross_site_request', { requestId: received.endUser.requestId, reason });
  observe({ kind: 'cross_site', reason });
  return refuse(received, { code: 'cross_site_request' });
}

interface RefusalExtras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly setCookies?: readonly SetCookie[];
}

function refuse({ request, endUser }: Received, refusal: Refusal, extras: RefusalExtras = {}): RelayDecision {
  const { headers, setCookies } = extras;
  const answer = errorAnswer(refusal, { requestId: endUser.requestId, headers, setCookies });
  return { kind: 'respond', response: bodyless(request, answer) };
}
