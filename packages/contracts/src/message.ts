/** The answer that has nothing to tell but that it happened. */
import { z } from 'zod';

export const messageAnswer = z.object({ success: z.literal(true), message: z.string() });

/** What logout, logout-all, ending a session and changing the password answer. */
export type MessageAnswer = z.infer<typeof messageAnswer>;
