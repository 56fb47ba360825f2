/** Which rules apply: everything that is not plainly development or a test is production. */

/** The environment as a process sees it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `production` is also what an unset or unknown `NODE_ENV` means, so that forgetting it cannot weaken anything. */
export type Mode = 'production' | 'development' | 'test';

/** Reads the mode from `NODE_ENV`. */
export function modeOf(environment: Environment): Mode {
  const value = environment['NODE_ENV'];
  return value === 'development' || value === 'test' ? value : 'production';
}
