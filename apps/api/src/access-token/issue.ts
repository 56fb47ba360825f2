/** Issues access tokens (RFC 9068): short-lived, signed, naming user and session. */
import { randomUUID } from 'node:crypto';
import { type AccessTokenClaims, accessTokenType, type SessionClaims } from '@footbridge/contracts';
import jwt from 'jsonwebtoken';
import type { SigningKeys } from './signing-keys.ts';

/** There is one shared secret and nothing to choose from: the name is for readers, and says nothing of the secret. */
const sharedKeyId = 'hs256';
const latestSecond = Date.UTC(9999, 11, 31) / 1000;

/** What every token of this API says about itself. */
export interface AccessTokenPolicy {
  readonly issuer: string;
  readonly audience: string;
  /** Any positive number; a token lives whole seconds, one at least. */
  readonly lifetimeSeconds: number;
}

/** Whom a token is for. */
export interface TokenSubject {
  readonly userId: string;
  readonly role: string;
  readonly sessionId: string;
  /** What else the token says, where it is the session cookie too. */
  readonly claims?: Partial<SessionClaims>;
}

/** A token, and how many whole seconds it lives. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresIn: number;
}

/**
 * Issues tokens that live no longer than the session does (`sessionMs` from now), yet one second at least. Throws
 * `service_unavailable` when this process cannot open the key that signs now.
 */
export type TokenIssuer = (subject: TokenSubject, sessionMs: number) => IssuedToken;

/** `now` gives milliseconds since the epoch. */
export interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly policy: AccessTokenPolicy;
  readonly now: () => number;
}

/** Creates the issuer. */
export function createTokenIssuer({ keys, policy, now }: TokenIssuerOptions): TokenIssuer {
  return ({ userId, role, sessionId, claims: more }, sessionMs) => {
    const iat = Math.floor(now() / 1000);
    const lifetime = Math.floor(Math.min(policy.lifetimeSeconds, Math.round(sessionMs / 1000)));
    const exp = Math.min(iat + Math.max(1, lifetime), latestSecond);
    const { issuer: iss, audience: aud } = policy;
    const claims: AccessTokenClaims = { iss, aud, sub: userId, sid: sessionId, role, iat, exp, jti: randomUUID() };
    return { token: sign({ ...more, ...claims }, keys), expiresIn: exp - iat };
  };
}

function sign(claims: AccessTokenClaims & Partial<SessionClaims>, keys: SigningKeys): string {
  const typ = accessTokenType;
  if (keys.algorithm === 'HS256') {
    return jwt.sign(claims, keys.secret, { algorithm: 'HS256', header: { alg: 'HS256', typ, kid: sharedKeyId } });
  }
  const { kid, privateKey } = keys.signer();
  return jwt.sign(claims, privateKey, { algorithm: 'ES256', header: { alg: 'ES256', typ, kid } });
}
