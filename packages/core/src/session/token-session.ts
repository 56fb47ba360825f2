/** The session cookies in shared-domain mode: the tokens themselves, signed and not sealed (DESIGN section 7). */
import { accessTokenClaims, sessionClaims, type User } from '@footbridge/contracts';
import { decodeJwt } from 'jose';
import { expireEverywhere, parseCookies } from '../cookies/header.ts';
import { sharedCookiePolicies, type SharedCookiePolicyOptions } from '../cookies/policy.ts';
import { createTokenCookies, largestTokenBytes, type PresentedTokens } from '../cookies/token-cookies.ts';
import { clockNoiseMs, type SessionContent } from './session-content.ts';
import type { OpenedSession, SessionCookie } from './session-cookie.ts';
import { namedGeneration } from './refresh-token.ts';

/** What `createTokenSession()` takes; `now` is milliseconds since the epoch. */
export interface TokenSessionOptions extends SharedCookiePolicyOptions {
  readonly now: () => number;
}

const cookieClaims = accessTokenClaims.extend(sessionClaims.shape);
const separator = ' '; // in no cookie value

/** A browser that has lost its access token still has a session; whose it is, the API will say. */
const unknownUser: User = { id: '', email: '', name: null, role: '' };

/** Makes the cookies of the app at `publicOrigin` below `cookieDomain`. */
export function createTokenSession({ now, ...options }: TokenSessionOptions): SessionCookie {
  const cookies = createTokenCookies(options);
  const policies = Object.values(sharedCookiePolicies(options));
  let knownClockAheadMs = 0;

  /** The API's clock, as its last answer to this process told it, or as a token from our future does. */
  function clockAheadMs(issuedAtSeconds: number): number {
    const leadMs = issuedAtSeconds * 1000 - now();
    return leadMs > clockNoiseMs ? Math.max(leadMs, knownClockAheadMs) : knownClockAheadMs;
  }

  function read(accessToken: string, refreshToken: string): OpenedSession {
    const claims = claimsOf(accessToken);
    const generation = namedGeneration(refreshToken);
    if (claims === undefined) {
      return generation
        ? hearsay({ ...endless, accessToken: '', refreshToken, user: unknownUser })
        : { kind: 'unreadable' };
    }
    const apiClockAheadMs = clockAheadMs(claims.iat);
    const here = (seconds: number) => seconds * 1000 - apiClockAheadMs;
    const isPair = generation?.sessionId === claims.sid;
    const absoluteExpiresAt = here(claims.session_absolute_expires_at);
    const expiresAt = here(isPair ? claims.session_expires_at : claims.exp); // nothing renews a token that is alone
    if (Math.min(expiresAt, absoluteExpiresAt) <= now()) return { kind: 'over' };
    const { sub: id, email, name, role } = claims;
    return hearsay({
      accessToken,
      refreshToken: isPair ? refreshToken : '',
      user: { id, email, name, role },
      expiresAt,
      absoluteExpiresAt,
      apiClockAheadMs,
    });
  }

  return {
    names: cookies.names,
    candidates: (cookieHeader) => pairsOf(cookies.read(cookieHeader)).map((pair) => pair.join(separator)),
    async open(candidate) {
      const [accessToken = '', refreshToken = ''] = candidate.split(separator);
      return read(accessToken, refreshToken);
    },
    async write(content, cookieHeader) {
      const { accessToken, refreshToken, apiClockAheadMs } = content;
      knownClockAheadMs = Math.abs(apiClockAheadMs) < clockNoiseMs ? 0 : apiClockAheadMs;
      const endsAt = Math.min(content.expiresAt, content.absoluteExpiresAt);
      const maxAgeSeconds = (endsAt - now()) / 1000;
      return cookies.write({ accessToken, refreshToken, maxAgeSeconds }, cookieHeader);
    },
    clear: (cookieHeader) => cookies.clear(cookieHeader),
    remove(cookieHeader) {
      const present = parseCookies(cookieHeader).filter(({ value }) => looksLikeToken(value));
      const left = policies.filter(({ name }) => present.some((cookie) => cookie.name === name));
      return left.flatMap((policy) => expireEverywhere(policy));
    },
    refusalOf({ accessToken, refreshToken }) {
      if (claimsOf(accessToken) === undefined) return 'the access token does not carry the session';
      const isTooLarge = [accessToken, refreshToken].some((token) => token.length > largestTokenBytes);
      return isTooLarge ? 'a token is too large for a cookie' : undefined;
    },
  };
}

/** The times of a session of which only its refresh token is left: the API knows them. */
const endless = {
  expiresAt: Number.MAX_SAFE_INTEGER,
  absoluteExpiresAt: Number.MAX_SAFE_INTEGER,
  apiClockAheadMs: 0,
} as const satisfies Partial<SessionContent>;

function hearsay(content: SessionContent): OpenedSession {
  return { kind: 'opened', content, isVouched: false };
}

type TokenPair = readonly [accessToken: string, refreshToken: string];

/**
 * Which tokens belong together. Twins make it a question, of which both cookies answer with the id of their session;
 * of a session's refresh tokens the newest counts, for an older one would look like theft to the API.
 */
function pairsOf({ accessTokens, refreshTokens }: PresentedTokens): TokenPair[] {
  const [access = '', refresh = ''] = [accessTokens[0], refreshTokens[0]];
  const isPlain = accessTokens.length <= 1 && refreshTokens.length <= 1; // the common case, on every page view
  if (isPlain) return access === '' && refresh === '' ? [] : [[access, refresh]];

  const newest = newestBySession(refreshTokens);
  const owned = accessTokens.flatMap((token): { sid: string; token: string }[] => {
    const claims = claimsOf(token);
    return claims ? [{ sid: claims.sid, token }] : [];
  });
  const alone = [...newest].filter(([sessionId]) => owned.every(({ sid }) => sid !== sessionId));
  return [
    ...owned.map(({ sid, token }): TokenPair => [token, newest.get(sid) ?? '']),
    ...alone.map(([, token]): TokenPair => ['', token]),
  ];
}

function newestBySession(refreshTokens: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<string, { generation: number; token: string }>();
  for (const token of refreshTokens) {
    const named = namedGeneration(token);
    if (named === undefined) continue;
    const known = newest.get(named.sessionId);
    if (known === undefined || named.generation > known.generation) {
      newest.set(named.sessionId, { generation: named.generation, token });
    }
  }
  return new Map([...newest].map(([sessionId, { token }]) => [sessionId, token]));
}

/** What a token says, before anybody has verified that it may say so. */
function claimsOf(accessToken: string) {
  try {
    const parsed = cookieClaims.safeParse(decodeJwt(accessToken));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Another program's cookie of the same name, on a development machine, is not ours to remove. */
function looksLikeToken(value: string): boolean {
  return namedGeneration(value) !== undefined || /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(value);
}
