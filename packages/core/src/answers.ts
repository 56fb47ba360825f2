/** Every answer of the BFF: private, never stored, and traceable by its request id. */
import { type ErrorBody, type ErrorCode, errorTable, type FieldError, headers } from '@footbridge/contracts';
import { serializeSetCookie, type SetCookie } from './cookies/header.ts';

/** Seconds after which trying again is worthwhile when nobody said otherwise. */
const defaultRetryAfterSeconds = 5;

/** What an answer carries beside its body. */
export interface AnswerExtras {
  readonly requestId: string;
  readonly setCookies?: readonly SetCookie[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What a refusal says beyond its code. */
export interface Refusal {
  readonly code: ErrorCode;
  /** Default: the table's. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly errors?: FieldError[] | undefined;
  readonly retryAfter?: string | undefined;
}

/** A JSON answer that nobody stores. */
export function jsonAnswer(status: number, body: object, extras: AnswerExtras): Response {
  const answer = answerHeaders(extras);
  answer.set('content-type', 'application/json; charset=utf-8');
  return new Response(JSON.stringify(body), { status, headers: answer });
}

/** The error body of DESIGN section 11. */
export function errorAnswer(refusal: Refusal, extras: AnswerExtras): Response {
  const { code, errors } = refusal;
  const status = refusal.status ?? errorTable[code].status;
  const body: ErrorBody = {
    success: false,
    code,
    message: refusal.message ?? errorTable[code].message,
    requestId: extras.requestId,
    ...(errors && { errors }),
  };
  return jsonAnswer(status, body, { ...extras, headers: { ...retryHeader(status, refusal), ...extras.headers } });
}

/** `location` is a path: an absolute URL built from a request follows whatever `Host` the client sent. */
export function redirectAnswer(status: 303 | 307, location: string, extras: AnswerExtras): Response {
  const answer = answerHeaders(extras);
  answer.set('location', location);
  return new Response(null, { status, headers: answer });
}

/** An answer without a body, to whoever needs none. */
export function emptyAnswer(status: 401, extras: AnswerExtras): Response {
  return new Response(null, { status, headers: answerHeaders(extras) });
}

const waitingTexts = {
  'not verifiable': 'We cannot check your session at the moment. You are still logged in; try again in a few seconds.',
  'going in circles':
    'This page kept being sent round to renew your session, so we stopped. You are still logged in; try again in ten seconds. If that does not help, check that your browser keeps cookies for this site.',
} as const;

/** Why a person has to wait. */
export type WaitingPage = keyof typeof waitingTexts;

/** What `waitingPage()` says. */
export interface Waiting {
  /** Default: the session cannot be verified. */
  readonly page?: WaitingPage | undefined;
  readonly retryAfter?: string | undefined;
}

/** A short page of its own with status 503, for a person whose page cannot be shown right now. */
export function waitingPage({ page = 'not verifiable', retryAfter }: Waiting, extras: AnswerExtras): Response {
  const answer = answerHeaders(extras);
  answer.set('content-type', 'text/html; charset=utf-8');
  answer.set('retry-after', retryAfter ?? String(defaultRetryAfterSeconds));
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Back in a moment</title><h1>Back in a moment</h1><p>${waitingTexts[page]}</p></html>\n`;
  return new Response(html, { status: 503, headers: answer });
}

function answerHeaders({ requestId, setCookies = [], headers: more = {} }: AnswerExtras): Headers {
  const answer = new Headers(more);
  answer.set('cache-control', 'private, no-store');
  answer.set(headers.requestId, requestId);
  for (const cookie of setCookies) answer.append('set-cookie', serializeSetCookie(cookie));
  return answer;
}

function retryHeader(status: number, { retryAfter }: Refusal): Record<string, string> {
  const asksForPatience = status === 429 || status === 503;
  return asksForPatience ? { 'retry-after': retryAfter ?? String(defaultRetryAfterSeconds) } : {};
}
