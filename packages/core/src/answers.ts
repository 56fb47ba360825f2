/** Every answer of the BFF: private, never stored, and traceable by its request id. */
import { type ErrorBody, type ErrorCode, errorTable, type FieldError, headers } from '@footbridge/contracts';

/** Seconds after which trying again is worthwhile when nobody said otherwise. */
const defaultRetryAfterSeconds = 5;

/** What an answer carries beside its body. */
export interface AnswerExtras {
  readonly requestId: string;
  readonly setCookies?: readonly string[] | undefined;
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

/** A short page of its own, for a person whose page cannot be judged right now. */
export function unavailablePage(extras: AnswerExtras): Response {
  const answer = answerHeaders(extras);
  answer.set('content-type', 'text/html; charset=utf-8');
  answer.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  answer.set('retry-after', String(defaultRetryAfterSeconds));
  const text = 'We cannot check your session at the moment. You are still logged in; try again in a few seconds.';
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Back in a moment</title><h1>Back in a moment</h1><p>${text}</p></html>\n`;
  return new Response(page, { status: 503, headers: answer });
}

function answerHeaders({ requestId, setCookies = [], headers: more = {} }: AnswerExtras): Headers {
  const answer = new Headers(more);
  answer.set('cache-control', 'private, no-store');
  answer.set(headers.requestId, requestId);
  for (const line of setCookies) answer.append('set-cookie', line);
  return answer;
}

function retryHeader(status: number, { retryAfter }: Refusal): Record<string, string> {
  const asksForPatience = status === 429 || status === 503;
  return asksForPatience ? { 'retry-after': retryAfter ?? String(defaultRetryAfterSeconds) } : {};
}
