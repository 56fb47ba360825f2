/** The worker thread that does the hashing. Plain JavaScript, so that source, tests and build load the same file. */
import { compareSync, hashSync } from 'bcryptjs';

/**
 * Hashes a password with a fresh salt.
 *
 * @param {{ password: string, cost: number }} task
 */
export function hash({ password, cost }) {
  return hashSync(password, cost);
}

/**
 * Whether a password is the one behind a hash.
 *
 * @param {{ password: string, hash: string }} task
 */
export function compare({ password, hash }) {
  return compareSync(password, hash);
}
