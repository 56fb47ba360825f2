/** Hashing and comparing passwords with bcrypt: equal work for every answer, never a silent truncation. */
import { randomBytes } from 'node:crypto';
import { getRounds } from 'bcryptjs';
import type { Hasher } from './worker-pool.ts';

const bytesThatCount = 72; // bcrypt ignores the rest

/** What the users module asks about passwords. */
export interface Passwords {
  /** Hashes a chosen password. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one behind the hash. Without a hash, or one of a lower cost: `false` after the same work. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether the hash was made at a lower cost than today's. */
  isOutdated(hash: string): boolean;
}

/** `cost` is bcrypt's: the work doubles with each step. */
export interface PasswordsOptions {
  readonly hasher: Hasher;
  readonly cost: number;
}

/** Prepares the hash that unknown e-mail addresses are compared with, at today's cost. */
export async function createPasswords({ hasher, cost }: PasswordsOptions): Promise<Passwords> {
  const nobodysHash = await hasher.hash({ password: randomBytes(32).toString('base64url'), cost });
  return {
    hash: (password) => hasher.hash({ password, cost }),

    async matches(password, hash) {
      const isSame = await hasher.compare({ password, hash: hash ?? nobodysHash, cost });
      return isSame && hash !== undefined && canBeBehindAHash(password);
    },

    isOutdated: (hash) => getRounds(hash) < cost,
  };
}

/**
 * bcrypt takes three kinds of text for another: it drops what follows the 72nd byte, repeats a short password with a
 * null character in between (`abc` and `abc\0abc` are one key), and UTF-8 turns a lone surrogate into U+FFFD.
 */
function canBeBehindAHash(password: string): boolean {
  const fits = Buffer.byteLength(password) <= bytesThatCount;
  return fits && !password.includes('\u0000') && password.isWellFormed();
}
