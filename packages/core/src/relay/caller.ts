/** In whose name a relayed call is made: the session's, with its token fresh enough to arrive (DESIGN section 9). */
import type { EndUser } from '../api/auth-api.ts';
import type { SetCookie } from '../cookies/header.ts';
import type { RequestContext } from '../endpoint.ts';
import type { AuthenticateAndRefresh, RefreshedAuthentication } from '../refresh/inline.ts';
import type { Bearer, FindBearer, FoundBearer } from './bearer.ts';
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

/** Finds the caller of one request; refreshes first where that is due. Never rejects. */
export type FindCaller = (request: CallerRequest) => Promise<Caller>;

/** What `createFindCaller()` takes. */
export interface FindCallerOptions {
  readonly authenticateAndRefresh: AuthenticateAndRefresh;
  readonly findBearer: FindBearer;
}

/** Makes the step between the routes and the call. An outage makes nobody of somebody, whatever the route takes. */
export function createFindCaller({ authenticateAndRefresh, findBearer }: FindCallerOptions): FindCaller {
  return async ({ token, cookieHeader, endUser, context }) => {
    if (token === 'none') return { kind: 'caller', setCookies: [], cookieHeader };
    const renewed = await authenticateAndRefresh(cookieHeader, { ...context, ...endUser });
    const found = await bearerOf(renewed, findBearer);
    const { cookies: setCookies } = renewed;
    if (found.kind === 'unavailable') return { kind: 'refused', code: 'api_unavailable', setCookies };

    const caller = { kind: 'caller', setCookies, cookieHeader: renewed.cookieHeader } as const;
    if (found.kind === 'bearer') return { ...caller, bearer: found.bearer };
    return token === 'user if present' ? caller : { kind: 'refused', code: 'unauthenticated', setCookies };
  };
}

function bearerOf(renewed: RefreshedAuthentication, findBearer: FindBearer): FoundBearer | Promise<FoundBearer> {
  const { authentication, cookieHeader } = renewed;
  return authentication.kind === 'authenticated' ? findBearer(cookieHeader, authentication.session.id) : authentication;
}
