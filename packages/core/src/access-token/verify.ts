/** Verifies an access token: the one function for both apps (RFC 9068, section 4; RFC 8725, section 3). */
import { type AccessTokenClaims, accessTokenClaims, accessTokenType } from '@footbridge/contracts';
import { type CryptoKey, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { isCanonicalCompact } from '../base64url.ts';
import type { SigningKeys } from './keys.ts';

/** What a token must have been issued with. The algorithm is the key set's. */
export interface VerificationRules {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: SigningKeys;
  /** Milliseconds since the epoch on the issuer's clock. Default `Date.now`. */
  readonly now?: () => number;
}

/** What verifying came to, switched over by `kind`. */
export type AccessTokenOutcome =
  | { readonly kind: 'valid'; readonly claims: AccessTokenClaims }
  /** The signature and everything else is right, only the time is over. */
  | { readonly kind: 'expired'; readonly claims: AccessTokenClaims }
  /** `reason` names the rule and never quotes the token. No key is known that could have signed it, where that is said. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly isKeyUnknown?: true }
  /** The keys cannot be had now, which says nothing about the token. */
  | { readonly kind: 'unavailable' };

const longestToken = 16_384; // what a server takes of all header fields together: nobody can present a longer one
const clocksApartSeconds = 60; // by which the clocks of two instances that issue tokens may differ

const requiredClaims = Object.keys(accessTokenClaims.shape);

/** Never rejects, whatever the token is. Keys come from `rules.keys` alone: `jwk`, `jku` and `x5c` are not looked at. */
export async function verifyAccessToken(token: string, rules: VerificationRules): Promise<AccessTokenOutcome> {
  if (token.length > longestToken) return invalid('too long');
  const header = readHeader(token);
  if (header === undefined) return invalid('not a compact JWS');
  if (header.alg !== rules.keys.algorithm) return invalid('unexpected "alg" header');
  if (header.crit !== undefined) return invalid('unexpected "crit" header');

  const lookup = await rules.keys.find(header.kid);
  if (lookup.kind === 'unavailable') return lookup;
  if (lookup.kind === 'unknown') return { ...invalid('unknown "kid" header'), isKeyUnknown: true };
  return verifyWithKey(token, lookup.key, rules);
}

async function verifyWithKey(token: string, key: CryptoKey, rules: VerificationRules): Promise<AccessTokenOutcome> {
  const currentDate = new Date((rules.now ?? Date.now)());
  const options: JWTVerifyOptions = {
    algorithms: [rules.keys.algorithm],
    issuer: rules.issuer,
    audience: rules.audience,
    typ: accessTokenType,
    requiredClaims,
    currentDate,
  };
  try {
    const { payload } = await jwtVerify(token, key, options);
    return judgeClaims('valid', payload, currentDate);
  } catch (error) {
    if (error instanceof errors.JWTExpired) return judgeClaims('expired', error.payload, currentDate);
    return invalid(reasonOf(error));
  }
}

function judgeClaims(kind: 'valid' | 'expired', payload: unknown, now: Date): AccessTokenOutcome {
  const parsed = accessTokenClaims.safeParse(payload);
  if (!parsed.success) return invalid(`unexpected "${parsed.error.issues[0]?.path.join('.') ?? ''}" claim value`);
  const isFromTheFuture = parsed.data.iat > now.getTime() / 1000 + clocksApartSeconds;
  return isFromTheFuture ? invalid('unexpected "iat" claim value') : { kind, claims: parsed.data };
}

interface TokenHeader {
  readonly alg: unknown;
  readonly kid: string | undefined;
  readonly crit: unknown;
}

function readHeader(token: string): TokenHeader | undefined {
  if (!isCanonicalCompact(token, 3)) return undefined;
  try {
    const { alg, kid, crit } = decodeProtectedHeader(token);
    return { alg, kid: typeof kid === 'string' ? kid : undefined, crit };
  } catch {
    return undefined;
  }
}

/** jose's messages about claims name the claim and no value; of anything else only the stable code is passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return error.message;
  return error instanceof errors.JOSEError ? error.code : 'verification failed';
}

function invalid(reason: string): { readonly kind: 'invalid'; readonly reason: string } {
  return { kind: 'invalid', reason };
}
