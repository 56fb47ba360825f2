/** One's own sessions: where somebody is logged in, and when they were last active there. */
import { z } from 'zod';
import { sessionSummary } from './session.ts';

export const sessionEntry = sessionSummary.extend({
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  current: z.boolean(),
});

/** `userAgent` and `address` are as the client named them at login; `current` marks the session that asks. */
export type SessionEntry = z.infer<typeof sessionEntry>;

export const sessionsAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  data: z.object({ sessions: z.array(sessionEntry) }),
});

/** What `GET /api/sessions` answers: live sessions, newest activity first. */
export type SessionsAnswer = z.infer<typeof sessionsAnswer>;
