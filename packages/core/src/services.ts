/** What the endpoints and the guard are given to work with. */
import type { VerificationRules } from './access-token/verify.ts';
import type { AuthApi } from './api/auth-api.ts';
import type { EndpointRules } from './endpoint.ts';
import type { PublicPaths } from './guard/public-paths.ts';
import type { Bounces } from './refresh/bounces.ts';
import type { Refresh } from './refresh/refresh.ts';
import type { Authenticate, FindSession } from './session/read-session.ts';
import type { EndSessions } from './session/end-session.ts';
import type { SessionCookie } from './session/session-cookie.ts';

/** Built once by `createBff()`; a test builds its own. */
export interface Services extends EndpointRules {
  readonly api: AuthApi;
  readonly paths: PagePaths;
  readonly publicPaths: PublicPaths;
  readonly cookie: SessionCookie;
  readonly verification: Pick<VerificationRules, 'issuer' | 'audience' | 'keys'>;
  readonly authenticate: Authenticate;
  readonly findSession: FindSession;
  readonly refreshing: Refresh;
  readonly bounces: Bounces;
  readonly endSessions: EndSessions;
  readonly now: () => number;
}

/** The pages that the BFF itself sends people to. */
export interface PagePaths {
  readonly login: string;
  readonly register: string;
  readonly home: string;
}
