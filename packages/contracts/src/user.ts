/** The user as every answer shows it. */
import { z } from 'zod';
import { plainText } from './text.ts';

/** A display name, 1 to 100 characters. */
export const userName = plainText.pipe(
  z.string().trim().min(1, 'must not be empty').max(100, 'must have at most 100 characters'),
);

export const user = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.string(),
});

/** The user as every answer shows it. Never carries a password hash. */
export type User = z.infer<typeof user>;
