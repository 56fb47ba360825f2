/** The public signing keys (RFC 7517, section 5). Strict, so that a private member can never slip through. */
import { z } from 'zod';

const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
});

export const jwks = z.strictObject({ keys: z.array(publicKey) });
