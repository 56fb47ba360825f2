/** A session (one refresh-token family) as the API shows it to its owner. */
import { z } from 'zod';

export const sessionSummary = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastActiveAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  absoluteExpiresAt: z.iso.datetime(),
});

/** Times are ISO 8601 in UTC; `expiresAt` slides with each refresh, `absoluteExpiresAt` never does. */
export type SessionSummary = z.infer<typeof sessionSummary>;
