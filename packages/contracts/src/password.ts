/** What a password may be (OWASP ASVS 5.0, section 6.2): long enough, and never silently truncated by bcrypt. */
import { z } from 'zod';

const fewestCharacters = 8;
const mostBytes = 72; // bcrypt ignores every byte after the 72nd
const encoder = new TextEncoder();

const wellFormed = z
  .string()
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .refine((text) => !text.includes('\u0000'), 'must not contain a null character');

/** A password that somebody chooses: 8 characters at least, 72 bytes of UTF-8 at most. */
export const newPassword = wellFormed
  .refine((text) => Array.from(text).length >= fewestCharacters, `must have at least ${fewestCharacters} characters`)
  .refine((text) => encoder.encode(text).byteLength <= mostBytes, `must have at most ${mostBytes} bytes`);

/**
 * A password that somebody presents. It may be any text of at most 1024 characters: whether it could ever
 * have been chosen is decided by comparing, so that the answer tells nothing about the rules of yesterday.
 */
export const presentedPassword = z.string().min(1, 'must not be empty').max(1024, 'must have at most 1024 characters');

export const passwordChange = z.object({ currentPassword: presentedPassword, newPassword });

/** Body of the API's `POST /api/me/password`. */
export type PasswordChange = z.infer<typeof passwordChange>;
