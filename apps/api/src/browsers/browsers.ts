/** What this API has to do with browsers: nothing in proxy mode, their whole session in shared-domain mode. */
import type { ErrorCode, SessionClaims } from '@footbridge/contracts';
import {
  clientAddress,
  judgeOrigin,
  type OriginJudgement,
  type PresentedTokens,
  serializeSetCookie,
  type SetCookie,
  type TokenCookies,
  type TokenPair,
} from '@footbridge/core';
import type { Request, Response } from 'express';
import { type DescribedSession, sessionClaimsOf } from '../access-token/session-claims.ts';
import { type Cors, createCors, noCors } from '../http/cors.ts';
import { userAgentOf } from '../http/user-agent.ts';
import { Refusal } from '../refusal.ts';
import type { EndUser } from '../sessions/sessions.ts';

/** Far more twins than one browser can be made to send; each costs a query. */
const mostRefreshTokens = 16;

/** Whether browsers are served, and by which rules: the one place where the mode is told. */
export type BrowserPolicy =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'shared-domain';
      /** Whose pages may ask, exactly as browsers write an origin. */
      readonly origins: readonly string[];
      readonly cookies: TokenCookies;
      /** Own proxies in front of this server, for the address of whoever logs in. */
      readonly trustedHops: number;
    };

/** One browser whose request comes from a page of ours. */
export interface Browser {
  readonly endUser: EndUser;
  readonly tokens: PresentedTokens;
  /** Sets both cookies on the answer. */
  keep(tokens: TokenPair, response: Response): void;
  /** Removes both cookies. */
  forget(response: Response): void;
}

/** What a request without a client's or a bearer's credential is. */
export type Visit =
  | { readonly kind: 'own'; readonly browser: Browser }
  | { readonly kind: 'foreign'; readonly reason: string }
  /** No browser is served. */
  | { readonly kind: 'unserved' };

/** Everything that endpoints ask about browsers. */
export interface Browsers {
  readonly cors: Cors;
  /** What the session's two cookies are called; nothing where no browser is served. */
  readonly cookieNames: TokenCookies['names'] | undefined;
  /** Judges by method and origin, before a cookie is read. */
  judge(request: Request): Visit;
  /** Whether a cookie of ours came along, whatever is in it: without one there is nobody to be protected. */
  isPresented(request: Request): boolean;
  /** Removes the cookies of a session that ended, if any came along. */
  forgetPresented(request: Request, response: Response): void;
  /** What an access token says of its session beyond what every one says. */
  readonly claimsOf: (described: DescribedSession) => Partial<SessionClaims>;
}

/** Gives the browser of a page of ours. Anybody else's gets 403; `unserved` is the refusal where no browser is served. */
export function welcome(visit: Visit, unserved: ErrorCode): Browser {
  switch (visit.kind) {
    case 'own':
      return visit.browser;
    case 'foreign':
      throw new Refusal('cross_site_request', { reason: visit.reason });
    case 'unserved':
      throw new Refusal(unserved);
  }
}

/** Creates what the policy says. */
export function createBrowsers(policy: BrowserPolicy): Browsers {
  if (policy.kind === 'none') return noBrowsers;
  const { origins, cookies, trustedHops } = policy;

  const browserOf = (request: Request): Browser => {
    const cookieHeader = request.headers.cookie ?? null;
    const { accessTokens, refreshTokens } = cookies.read(cookieHeader);
    return {
      endUser: { address: addressOf(request, trustedHops), userAgent: userAgentOf(request) },
      tokens: { accessTokens, refreshTokens: refreshTokens.slice(0, mostRefreshTokens) },
      keep: (tokens, response) => setCookies(response, cookies.write(tokens, cookieHeader)),
      forget: (response) => setCookies(response, cookies.clear(cookieHeader)),
    };
  };

  const isPresented = (request: Request): boolean => {
    const { accessTokens, refreshTokens } = cookies.read(request.headers.cookie ?? null);
    return accessTokens.length + refreshTokens.length > 0;
  };

  return {
    cors: createCors(origins),
    cookieNames: cookies.names,
    judge(request) {
      const judgement = judge(request, origins);
      return judgement.kind === 'own' ? { kind: 'own', browser: browserOf(request) } : judgement;
    },
    isPresented,
    forgetPresented(request, response) {
      if (isPresented(request)) browserOf(request).forget(response);
    },
    claimsOf: sessionClaimsOf,
  };
}

const noBrowsers: Browsers = {
  cors: noCors,
  cookieNames: undefined,
  judge: () => ({ kind: 'unserved' }),
  isPresented: () => false,
  forgetPresented: () => {},
  claimsOf: () => ({}),
};

/** Every subdomain is the same site, so that the site alone proves nothing here: the origin has to be listed. */
function judge(request: Request, origins: readonly string[]): OriginJudgement {
  const headers = { get: (name: string) => request.get(name) ?? null };
  return judgeOrigin({ method: request.method, headers }, { origins, acceptsSameSite: true });
}

function addressOf(request: Request, trustedHops: number): string | null {
  const forwardedFor = request.get('x-forwarded-for') ?? null;
  return clientAddress({ forwardedFor, trustedHops, peer: request.socket.remoteAddress }) ?? null;
}

/** One line each: folded into one, as other headers may be, no browser could read them (RFC 6265bis, section 5.6). */
function setCookies(response: Response, cookies: readonly SetCookie[]): void {
  response.append('Set-Cookie', cookies.map(serializeSetCookie));
  response.set('Cache-Control', 'private, no-store');
}
