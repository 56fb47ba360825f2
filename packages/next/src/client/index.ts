/** For the browser: types and `fetch` alone, no key, no schema library, no token. */
export { type BoundaryOptions, register, signIn, signOut } from './sign-in.ts';
export type { Failure, SignInResult, SignOutResult } from './answer.ts';
export { sessionUnavailableDigest } from '../session-unavailable.ts';
