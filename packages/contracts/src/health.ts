/** Liveness and readiness. */
import { z } from 'zod';

export const healthAnswer = z.object({ success: z.literal(true), message: z.string() });
