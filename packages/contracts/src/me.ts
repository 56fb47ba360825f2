/** The logged-in user's own record. */
import { z } from 'zod';
import { user, userName } from './user.ts';

export const profileChange = z.object({ name: userName.nullable() });

/** Body of `PATCH /api/me`. */
export type ProfileChange = z.infer<typeof profileChange>;

export const meAnswer = z.object({ success: z.literal(true), message: z.string(), data: z.object({ user }) });
