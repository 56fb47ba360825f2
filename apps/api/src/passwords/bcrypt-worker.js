/** The worker thread that does the hashing. Plain JavaScript, so that source, tests and build load the same file. */
import { compareSync, getRounds, hashSync } from 'bcryptjs';

/**
 * Hashes a password with a fresh salt.
 *
 * @param {{ password: string, cost: number }} task
 */
export function hash({ password, cost }) {
  return hashSync(password, cost);
}

/**
 * Whether a password is the one behind a hash. A wrong one costs as much work as `cost` stands for, also where the hash
 * was made at a lower one: the work doubles with each step, so that the steps from there up to `cost` make up the rest.
 *
 * @param {{ password: string, hash: string, cost: number }} task
 */
export function compare({ password, hash, cost }) {
  const isSame = compareSync(password, hash);
  if (!isSame) for (let step = getRounds(hash); step < cost; step += 1) hashSync(password, step);
  return isSame;
}
