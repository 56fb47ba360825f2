/** The relay's funnel: origin, path and method, session, refresh, headers, and then the call (DESIGN section 9). */
import { errorAnswer, type Refusal } from '../answers.ts';
import type { EndUser } from '../api/auth-api.ts';
import type { SetCookie } from '../cookies/header.ts';
import { judgeOrigin } from '../csrf.ts';
import type { EndpointRules, RequestContext } from '../endpoint.ts';
import { describeException } from '../logger.ts';
import { requestIdOf } from '../request-id.ts';
import { bodyless, type CallServices, createCall } from './call.ts';
import type { FindCaller } from './caller.ts';
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
  const enter =
    (judge: Judge) =>
    async (request: RelayRequest, context: RequestContext = {}): Promise<RelayDecision> => {
      const received = receivedOf(request, context, services);
      try {
        return rules === undefined
          ? refuse(received, { code: 'not_found' })
          : await judge(received, { ...services, rules });
      } catch (error) {
        services.logger.error('internal_error', { requestId: received.endUser.requestId, ...describeException(error) });
        return refuse(received, { code: 'internal_error' });
      }
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

type Funnel = RelayServices & { readonly rules: RelayRules };
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
async function relayed(received: Received, funnel: Funnel & { isHandshake?: true }): Promise<RelayDecision> {
  const { request, fields, context, endUser } = received;
  const { rules, isHandshake = false } = funnel;
  const target = judgeTarget(request.target, rules.upstream);
  if (target.kind === 'refused') return refuse(received, { code: 'invalid_request' });
  const route = rules.routes(target.name, request.method);
  if (route.kind === 'not_found') return refuse(received, { code: 'not_found' });
  if (route.kind === 'method_not_allowed') {
    return refuse(received, { code: 'method_not_allowed' }, { headers: { allow: route.allow } });
  }

  const { token } = route;
  const caller = await funnel.findCaller({ token, cookieHeader: fields.get('cookie'), endUser, context });
  if (caller.kind === 'refused') return refuse(received, { code: caller.code }, caller);

  const passes = isHandshake ? rules.requestHeaders.handshake : rules.requestHeaders.ordinary;
  const headersWith = (accessToken: string | undefined) =>
    upstreamHeaders(request.headers, { passes, requestId: endUser.requestId, accessToken });
  const headers = headersWith(caller.bearer?.accessToken);
  if (headers === undefined) return refuse(received, { code: 'invalid_request' }, caller);
  const call = { ...caller, received: request, isHandshake, endUser, path: target.path, headers, headersWith };
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

function refuseForeign(received: Received, reason: string, { logger }: Funnel): RelayDecision {
  logger.warn('cross_site_request', { requestId: received.endUser.requestId, reason });
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
