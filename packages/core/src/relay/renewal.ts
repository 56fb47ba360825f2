/** What to do when the API refuses the token of a relayed call: one refresh, and no more (DESIGN section 9). */
import { createMemory } from '../access-token/memory.ts';
import type { AuthApi, EndUser } from '../api/auth-api.ts';
import type { SessionCookie } from '../session/session-cookie.ts';
import type { SetCookie } from '../cookies/header.ts';
import type { Digest } from '../digest.ts';
import { type Refresh, refreshAny } from '../refresh/refresh.ts';
import type { FindSession } from '../session/read-session.ts';
import type { Bearer } from './bearer.ts';

/** What came of it. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly bearer: Bearer; readonly setCookies: readonly SetCookie[] }
  /** The session is over: these cookies say so. */
  | { readonly kind: 'ended'; readonly setCookies: readonly SetCookie[] }
  /** No other token is to be had, and the API's answer stands. */
  | { readonly kind: 'none' };

/** The call whose token was refused. */
export interface RefusedCall {
  readonly bearer: Bearer;
  readonly cookieHeader: string | null;
  readonly endUser: EndUser;
}

/** Gets another token for a call. May reject. */
export type Renew = (call: RefusedCall) => Promise<Renewal>;

/** What `createRenew()` takes; `now` is milliseconds since the epoch. */
export interface RenewOptions {
  readonly api: Pick<AuthApi, 'refresh'>;
  readonly cookie: Pick<SessionCookie, 'write' | 'clear'>;
  readonly findSession: FindSession;
  readonly refreshing: Refresh;
  readonly digest: Digest;
  readonly now: () => number;
}

const inVainForMs = 60_000;
const rememberedTokens = 10_000;

/**
 * Makes the renewal. A token that came of one and is refused again is not renewed: an endpoint that says 401 for reasons
 * of its own would cost a rotation with every call.
 */
export function createRenew(options: RenewOptions): Renew {
  const { api, cookie, findSession, refreshing, digest, now } = options;
  const cameOfRenewal = createMemory<true>({ capacity: rememberedTokens, now });
  return async ({ bearer, cookieHeader, endUser }) => {
    const isInVain = cameOfRenewal.recall(await digest(bearer.accessToken)) !== undefined;
    if (api.refresh === undefined || isInVain || refreshing.isPaused()) return { kind: 'none' };
    const { session, others = [] } = await findSession(cookieHeader);
    if (session === undefined) return { kind: 'none' };

    const outcome = await refreshAny([session, ...others], { refreshing, from: endUser });
    if (outcome.kind === 'unavailable') return { kind: 'none' };
    if (outcome.kind === 'ended') {
      return { kind: 'ended', setCookies: outcome.isToldAlready ? [] : cookie.clear(cookieHeader) };
    }
    const { id, content } = outcome.session;
    if (content.accessToken === bearer.accessToken) return { kind: 'none' };
    cameOfRenewal.remember(await digest(content.accessToken), true, now() + inVainForMs);
    const setCookies = await cookie.write(content, cookieHeader);
    return { kind: 'renewed', bearer: { sessionId: id, accessToken: content.accessToken }, setCookies };
  };
}
