/** For the browser: React, types and `fetch` alone, no key, no schema library, no token. */
export { type BoundaryOptions, register, signIn, signOut } from './sign-in.ts';
export { apiFetch, type ApiFetchInit } from './api-fetch.ts';
export { type ApiMode, type ApiTarget, apiTarget } from './api-target.ts';
export type { Failure, SignInResult, SignOutResult } from './answer.ts';
export { SessionProvider, type SessionProviderProps, type UseSession, useSession } from './session-provider.tsx';
export { SessionEndedNotice, type SessionEndedNoticeProps } from './session-ended-notice.tsx';
export type { SessionSnapshot, SessionState, SessionTimes } from './session-state.ts';
export { sessionUnavailableDigest } from '../session-unavailable.ts';
