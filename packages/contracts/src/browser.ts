/** What the frontend's own endpoints answer to a browser: never a token. */
import { z } from 'zod';
import { user } from './user.ts';

/** Answer of the frontend's `/api/login` and `/api/register`; in shared-domain mode also of the API's own, to a browser. */
export const signedInAnswer = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  data: z.strictObject({ user: user.strict() }),
});

/** Answer of the frontend's `/api/logout`. */
export const signedOutAnswer = z.strictObject({ success: z.literal(true), message: z.string() });

export const sessionReport = z.discriminatedUnion('authenticated', [
  z.strictObject({ authenticated: z.literal(false) }),
  z.strictObject({
    authenticated: z.literal(true),
    user: user.strict(),
    session: z.strictObject({
      expiresAt: z.iso.datetime(),
      absoluteExpiresAt: z.iso.datetime(),
      refreshDue: z.boolean(),
    }),
  }),
]);

/** Answer of the frontend's `GET /api/session`. */
export type SessionReport = z.infer<typeof sessionReport>;
