/** The claims of an access token (RFC 9068, section 2.2, plus `sid` and `role`). */
import { z } from 'zod';

/** The `typ` header of an access token (RFC 9068, section 2.1). */
export const accessTokenType = 'at+jwt';

const lastSecond = Date.UTC(10_000, 0) / 1000 - 1; // of the year 9999: what is beyond it is no date, or milliseconds

/** A NumericDate (RFC 7519, section 2), fractions allowed. */
const numericDate = z.number().min(0).max(lastSecond);

export const accessTokenClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string().min(1),
  sid: z.string().min(1),
  role: z.string().min(1),
  iat: numericDate,
  exp: numericDate,
  jti: z.string().min(1),
});

/** `iat` and `exp` are seconds since the epoch on the API's clock; `sid` names the session, `sub` the user. */
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

export const sessionClaims = z.object({
  email: z.string(),
  name: z.string().nullable(),
  session_expires_at: z.number(),
  session_absolute_expires_at: z.number(),
});

/**
 * What a token says beyond its claims in shared-domain mode, where it is the session cookie and nothing else tells a
 * frontend whom to greet and for how long. Times are seconds since the epoch on the API's clock, fractions included.
 */
export type SessionClaims = z.infer<typeof sessionClaims>;
