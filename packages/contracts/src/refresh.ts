/** Refreshing an access token (RFC 6749, section 6). */
import { z } from 'zod';

/** The longest text that is looked at as a refresh token; a genuine one has fewer than 100 characters. */
const longestToken = 1024;

export const refreshRequest = z.object({ refreshToken: z.string().min(1).max(longestToken).optional() });

/** Body of the API's `POST /api/refresh`. The answer is a token answer, as login's. */
export type RefreshRequest = z.infer<typeof refreshRequest>;
