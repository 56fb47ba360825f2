/** Judges what this site's own endpoints answered, or the API's; the sending is beside it. No schema library in the browser. */
import type { ErrorBody, ErrorCode, FieldError, SessionReport, User } from '@footbridge/contracts';
import type { SessionSnapshot } from './session-state.ts';

/** An answer that is not success: refused for a reason the person can act on, or nobody there to answer. */
export type Failure =
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly message: string;
      readonly errors: readonly FieldError[];
    }
  | { readonly kind: 'unavailable' };

/** What `signIn()` and `register()` come to. */
export type SignInResult = { readonly kind: 'ok'; readonly user: User } | Failure;

/** What `signOut()` comes to. */
export type SignOutResult = { readonly kind: 'ok' } | Failure;

const unavailable: Failure = { kind: 'unavailable' };

/** Reads the answer of `/api/login` and `/api/register`. */
export async function readSignInAnswer(response: Response): Promise<SignInResult> {
  const body = await readJson(response);
  if (!response.ok) return failureOf(response.status, body);
  return isSignedIn(body) ? { kind: 'ok', user: body.data.user } : unavailable;
}

/** Reads the answer of `/api/logout`. */
export async function readSignOutAnswer(response: Response): Promise<SignOutResult> {
  return response.ok ? { kind: 'ok' } : failureOf(response.status, await readJson(response));
}

/** Reads the answer of `/api/session`. Without a `Date` header the browser's own clock has to do. */
export async function readSessionAnswer(response: Response): Promise<SessionSnapshot> {
  const body = await readJson(response);
  if (!response.ok || !isSessionReport(body)) return { status: 'unknown' };
  if (!body.authenticated) return { status: 'anonymous' };
  const { expiresAt, absoluteExpiresAt } = body.session;
  const answeredAt = Date.parse(response.headers.get('date') ?? '') || Date.now();
  const end = Math.min(Date.parse(expiresAt), Date.parse(absoluteExpiresAt));
  const endsInSeconds = (end - answeredAt) / 1000;
  return { status: 'authenticated', user: body.user, session: { expiresAt, absoluteExpiresAt, endsInSeconds } };
}

/** Reads why a call was refused; `undefined` when that cannot be told. */
export async function readErrorCode(response: Response): Promise<ErrorCode | undefined> {
  const body = await readJson(response);
  return isErrorBody(body) ? body.code : undefined;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function failureOf(status: number, body: unknown): Failure {
  if (status >= 500 || !isErrorBody(body)) return unavailable;
  return { kind: 'refused', code: body.code, message: body.message, errors: body.errors ?? [] };
}

// The endpoints are our own, so their shape is a promise; what is not theirs is a proxy's page on the way.
function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

function isSessionReport(body: unknown): body is SessionReport {
  return typeof body === 'object' && body !== null && 'authenticated' in body;
}

function isSignedIn(body: unknown): body is { data: { user: User } } {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
  return typeof data === 'object' && data !== null && 'user' in data;
}
