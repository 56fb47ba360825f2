/** The API's answer to register, login and refresh (RFC 6749, section 5.1, in this API's own shape). */
import { z } from 'zod';
import { sessionSummary } from './session.ts';
import { user } from './user.ts';

export const tokenAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  token: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().int().positive(),
  refreshToken: z.string(),
  refreshExpiresIn: z.number().int().positive(),
  data: z.object({ user, session: sessionSummary }),
});

/** `token` is the access token; both lifetimes are whole seconds from the moment of the answer. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;
