/** Judges what the API answered: its word, a refusal in the shared table, or an outage (RFC 9110, section 15). */
import {
  type ErrorBody,
  errorBody,
  logoutAnswer,
  type SessionSummary,
  type TokenAnswer,
  tokenAnswer,
  type User,
  verifyAnswer,
} from '@footbridge/contracts';
import { mediaType, readText } from '../body.ts';
import type { ApiResult } from './auth-api.ts';

const largestAnswerBytes = 64_000;

/** Refusals that speak of our deployment, not of the person: a wrong URL, or something else listening there. */
const misaddressed = new Set([404, 405, 415]);

/** Judges the answer to login, registration and refresh. Never rejects. */
export function judgeTokenAnswer(response: Response): Promise<ApiResult<TokenAnswer>> {
  return judge(response, tokenAnswer);
}

/** Judges the answer to logout. Never rejects. */
export async function judgeLogoutAnswer(response: Response): Promise<ApiResult<void>> {
  const result = await judge(response, logoutAnswer);
  return result.kind === 'ok' ? { kind: 'ok', value: undefined } : result;
}

/** Judges the answer to a question about an access token. Never rejects. */
export async function judgeVerifyAnswer(
  response: Response,
): Promise<ApiResult<{ user: User; session: SessionSummary }>> {
  const result = await judge(response, verifyAnswer);
  return result.kind === 'ok' ? { kind: 'ok', value: result.value.data } : result;
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** Only a complete answer in the contract's own shape is believed; all else is an outage, and says what it was. */
async function judge<T>(response: Response, schema: Schema<T>): Promise<ApiResult<T>> {
  const body = await readJson(response);
  if (response.ok) {
    const parsed = schema.safeParse(body);
    return parsed.success ? { kind: 'ok', value: parsed.data } : outage(response, 'an answer out of contract');
  }
  const refusal = errorBody.safeParse(body);
  return refusal.success && isAboutThePerson(response.status, refusal.data)
    ? refused(response, refusal.data)
    : outage(response, refusal.success ? refusal.data.code : 'no error body');
}

function isAboutThePerson(status: number, { code }: ErrorBody): boolean {
  return status >= 400 && status < 500 && !misaddressed.has(status) && code !== 'invalid_client';
}

function refused(response: Response, { code, message, errors }: ErrorBody): ApiResult<never> {
  const retryAfter = retryAfterOf(response);
  return {
    kind: 'refused',
    status: response.status,
    code,
    message,
    ...(errors && { errors }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

function outage(response: Response, what: string): ApiResult<never> {
  const retryAfter = retryAfterOf(response);
  const reason = `status ${response.status}, ${what}`;
  return { kind: 'unavailable', reason, ...(retryAfter !== undefined && { retryAfter }) };
}

function retryAfterOf(response: Response): string | undefined {
  return /^\d{1,6}$/.exec(response.headers.get('retry-after') ?? '')?.[0];
}

async function readJson(response: Response): Promise<unknown> {
  if (mediaType(response.headers.get('content-type')) !== 'application/json') {
    void response.body?.cancel().catch(() => undefined);
    return undefined;
  }
  const read = await readText(response.body, largestAnswerBytes);
  if (read.kind !== 'text') return undefined;
  try {
    return JSON.parse(read.text);
  } catch {
    return undefined;
  }
}
