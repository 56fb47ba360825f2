/** What a person types to register and to log in. */
import { z } from 'zod';
import { email } from './email.ts';
import { newPassword, presentedPassword } from './password.ts';
import { userName } from './user.ts';

export const registerRequest = z.object({ email, password: newPassword, name: userName.optional() });

/** Body of `POST /api/register`, on the frontend and on the API. */
export type RegisterRequest = z.infer<typeof registerRequest>;

export const loginRequest = z.object({ email, password: presentedPassword });

/** Body of `POST /api/login`, on the frontend and on the API. */
export type LoginRequest = z.infer<typeof loginRequest>;
