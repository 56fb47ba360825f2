/** Verifies access tokens (RFC 9068, section 4) with the very function that the frontend uses. */
import { type AccessTokenOutcome, secretKey, verifyAccessToken } from '@footbridge/core';
import type { SigningKeys } from './signing-keys.ts';

/** Judges a token locally; never throws for a bad one. */
export type TokenVerifier = (token: string) => Promise<AccessTokenOutcome>;

/** What a token must say about itself, and the clock in milliseconds since the epoch. */
export interface TokenVerifierOptions {
  readonly keys: SigningKeys;
  readonly policy: { readonly issuer: string; readonly audience: string };
  readonly now: () => number;
}

/** Creates the verifier. Every published key is good, not the newest alone; a key that is new becomes known by its use. */
export function createTokenVerifier({ keys, policy, now }: TokenVerifierOptions): TokenVerifier {
  const verificationKeys = keys.algorithm === 'HS256' ? secretKey(keys.secret) : keys;
  const rules = { issuer: policy.issuer, audience: policy.audience, keys: verificationKeys, now };
  return (token) => verifyAccessToken(token, rules);
}
