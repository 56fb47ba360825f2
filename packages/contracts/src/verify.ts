/** The API's own word on an access token: it reads the session row, so a revoked session fails at once. */
import { z } from 'zod';
import { errorBody } from './errors.ts';
import { sessionSummary } from './session.ts';
import { user } from './user.ts';

export const verifyAnswer = z.object({
  success: z.literal(true),
  authenticated: z.literal(true),
  message: z.literal('valid token'),
  data: z.object({ user, session: sessionSummary }),
});

export const verifyRefusal = errorBody.extend({ authenticated: z.literal(false) });
