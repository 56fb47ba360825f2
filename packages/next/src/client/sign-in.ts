/** Logging in, registering and logging out from a script in the browser. */
import type { LoginRequest, RegisterRequest } from '@footbridge/contracts';
import { readSignInAnswer, readSignOutAnswer, type SignInResult, type SignOutResult } from './answer.ts';
import { type ApiTarget, endpointTarget, ownTarget } from './api-target.ts';
import { post, type PostOptions } from './post.ts';
import { announce, type News } from './tabs.ts';

/** Where to go after success, and what a test replaces. */
export interface BoundaryOptions {
  /** A path of this site. Default `/private` after logging in, `/` after logging out. */
  returnTo?: string;
  /** Default: the browser's `fetch`. */
  fetch?: typeof fetch;
  /** Takes an absolute URL of this site. Default: a full document navigation, `window.location.assign`. */
  navigate?: (url: string) => void;
}

/**
 * Logs in, then leaves the page: the client router keeps redirects that it was answered before, so that only a document
 * load is sure to see the new session. On failure it stays and says why.
 */
export async function signIn(credentials: LoginRequest, options: BoundaryOptions = {}): Promise<SignInResult> {
  return cross('/api/login', credentials, options);
}

/** Creates an account, which is logged in at once, and leaves the page as `signIn()` does. */
export async function register(account: RegisterRequest, options: BoundaryOptions = {}): Promise<SignInResult> {
  return cross('/api/register', account, options);
}

/**
 * Logs out and leaves the page. Works while the API is down: this site's own server expires the cookies in both modes.
 */
export async function signOut(options: BoundaryOptions = {}): Promise<SignOutResult> {
  const result = await endSession(options);
  if (result.kind === 'ok') leave('signed-out', options.returnTo ?? '/', options);
  return result;
}

async function cross(path: string, body: LoginRequest | RegisterRequest, options: BoundaryOptions) {
  const response = await post(endpointTarget(path), { body, send: options.fetch });
  if (response === undefined) return { kind: 'unavailable' } as const;
  const result = await readSignInAnswer(response);
  if (result.kind === 'ok') leave('signed-in', options.returnTo ?? '/private', options);
  return result;
}

const logoutPath = '/api/logout';
const patienceMs = 5_000;

/**
 * The API is asked first, where the browser calls it; then this site's own server, which logs out where the API does not
 * answer. Where it does, only this site can drop what the browser cached of it, and what another mode left here.
 */
async function endSession({ fetch: send }: BoundaryOptions): Promise<SignOutResult> {
  const [target, own] = [endpointTarget(logoutPath), ownTarget(logoutPath)];
  if (target.credentials === 'same-origin') return logOut(own, { send });
  const result = await logOut(target, { send, patienceMs });
  if (result.kind === 'unavailable') return logOut(own, { send });
  if (result.kind === 'ok') await logOut(own, { send, patienceMs });
  return result;
}

async function logOut(target: ApiTarget, options: PostOptions): Promise<SignOutResult> {
  const response = await post(target, { body: {}, ...options });
  return response === undefined ? { kind: 'unavailable' } : readSignOutAnswer(response);
}

/** A `javascript:` URL or another site's address in `returnTo` ends at this site's start page. */
function leave(news: News, returnTo: string, options: BoundaryOptions): void {
  announce(news);
  const { origin } = globalThis.location;
  const isParsable = URL.canParse(returnTo, origin);
  const target = new URL(isParsable ? returnTo : '/', origin);
  const isOwn = target.origin === origin;
  const navigate = options.navigate ?? ((url: string) => globalThis.location.assign(url));
  navigate(isOwn ? target.href : `${origin}/`);
}
