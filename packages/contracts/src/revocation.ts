/** The revocation feed: which sessions ended before the access tokens that name them did. */
import { z } from 'zod';

export const revocation = z.object({ sid: z.string().min(1), revokedAt: z.iso.datetime() });

/** One ended session; also the `data` of the feed's `revoked` event. `revokedAt` is on the database's clock. */
export type Revocation = z.infer<typeof revocation>;

/** The name of the feed's one kind of event (HTML, section 9.2: server-sent events). */
export const revocationEvent = 'revoked';

export const revocationsAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  data: z.object({ revocations: z.array(revocation), cursor: z.string() }),
});

/** Every session revoked within one access-token lifetime; `cursor` is what `Last-Event-ID` takes to go on from here. */
export type RevocationsAnswer = z.infer<typeof revocationsAnswer>;
