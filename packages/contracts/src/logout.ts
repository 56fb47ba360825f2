/** Ending one's own session. */
import { z } from 'zod';
import { messageAnswer } from './message.ts';

export const logoutRequest = z.object({ refreshToken: z.string().min(1).max(1024).optional() });

/** Body of the API's `POST /api/logout`; a bearer token in its place is as good. */
export type LogoutRequest = z.infer<typeof logoutRequest>;

export const logoutAnswer = messageAnswer;
