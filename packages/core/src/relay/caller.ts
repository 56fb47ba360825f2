/** In whose name a relayed call is made: the session's, with its token fresh enough to arrive (DESIGN section 9). */
import type { EndUser } from '../api/auth-api.ts';
import type { SetCookie } from '../cookies/header.ts';
import type { RequestContext } from '../endpoint.ts';
import type { AuthenticateAndRefresh, RefreshedAuthentication } from '../refresh/inline.ts';
import type { Bearer, Bearers, FoundBearer } from './bearer.ts';
import type { RelayRoute } from './routes.ts';

/** Who asks, or why they are refused. Either way there may be cookies to set on the answer. */
export type Caller =
  | {
      readonly kind: 'caller';
      /** Absent: the call is made in nobody's name. */
      readonly bearer?: Bearer;
      readonly setCookies: readonly SetCookie[];
      /** The `Cookie` header as it will be once the browser has stored them. */
      readonly cookieHeader: string | null;
    }
  | {
      readonly kind: 'refused';
      readonly code: 'unauthenticated' | 'api_unavailable';
      readonly setCookies: readonly SetCookie[];
    };

/** What is known of the request. */
export interface CallerRequest {
  readonly token: RelayRoute['token'];
  readonly cookieHeader: string | null;
  readonly endUser: EndUser;
  readonly context: RequestContext;
}

/** Finds the caller of one request, at once where it is known; refreshes first where that is due. Never rejects. */
export type FindCaller = (request: CallerRequest) => Caller | Promise<Caller>;

/** What `createFindCaller()` takes. */
export interface FindCallerOptions {
  readonly authenticateAndRefresh: AuthenticateAndRefresh;
  readonly bearers: Bearers;
}

/** Makes the step between the routes and the call. An outage makes nobody of somebody, whatever the route takes. */
export function createFindCaller(options: FindCallerOptions): FindCaller {
  return (request) => {
    const { token, cookieHeader } = request;
    if (token === 'none') return { kind: 'caller', setCookies: [], cookieHeader };
    const bearer = options.bearers.recall(cookieHeader); // to await what is known costs more than all else here
    return bearer ? { kind: 'caller', bearer, setCookies: [], cookieHeader } : authenticated(request, options);
  };
}

async function authenticated(request: CallerRequest, options: FindCallerOptions): Promise<Caller> {
  const { token, cookieHeader, endUser, context } = request;
  const renewed = await options.authenticateAndRefresh(cookieHeader, { ...context, ...endUser });
  const found = await bearerOf(renewed, options.bearers);
  const { cookies: setCookies, authentication } = renewed;
  // The token was good when the request came, and the session lives: only its renewal failed, and took its time.
  const hasExpiredMeanwhile = found.kind === 'expired' && authentication.kind === 'authenticated';
  if (found.kind === 'unavailable' || hasExpiredMeanwhile) {
    return { kind: 'refused', code: 'api_unavailable', setCookies };
  }

  const caller = { kind: 'caller', setCookies, cookieHeader: renewed.cookieHeader } as const;
  if (found.kind === 'bearer') return { ...caller, bearer: found.bearer };
  return token === 'user if present' ? caller : { kind: 'refused', code: 'unauthenticated', setCookies };
}

function bearerOf(renewed: RefreshedAuthentication, bearers: Bearers): FoundBearer | Promise<FoundBearer> {
  const { authentication, cookieHeader } = renewed;
  return authentication.kind === 'authenticated'
    ? bearers.find(cookieHeader, authentication.session.id)
    : authentication;
}
