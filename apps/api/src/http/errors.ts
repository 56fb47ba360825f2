/** The one place where an error becomes an answer: the contract's body, and nothing else of it. */
import { type ErrorBody, type ErrorCode, errorTable } from '@footbridge/contracts';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from '../log.ts';
import { Refusal } from '../refusal.ts';
import { eventLog } from './access-log.ts';
import { requestIdOf } from './request-id.ts';

const realm = 'realm="footbridge"';
const badToken = `Bearer ${realm}, error="invalid_token"`;

/** `WWW-Authenticate` by code (RFC 6750, section 3): no error attribute where no token was sent. */
const challenges: Partial<Record<ErrorCode, string>> = {
  missing_token: `Bearer ${realm}`,
  invalid_credentials: `Bearer ${realm}`,
  invalid_token: describe('invalid_token'),
  session_expired: describe('session_expired'),
  session_revoked: describe('session_revoked'),
  invalid_refresh_token: describe('invalid_refresh_token'),
  refresh_token_reused: describe('refresh_token_reused'),
  invalid_client: `Basic ${realm}, charset="UTF-8"`,
};

function describe(code: ErrorCode): string {
  return `${badToken}, error_description="${errorTable[code].message}"`;
}

/** Answers whatever no route has answered. */
export const nothingHere: RequestHandler = () => {
  throw new Refusal('not_found');
};

/** Refuses a path that cannot be percent-decoded, before the router trips over it. */
export const decodablePath: RequestHandler = (request, _response, next) => {
  try {
    decodeURIComponent(request.path);
  } catch {
    throw new Refusal('invalid_request');
  }
  next();
};

/** Writes every error as section 11's body. What is not a refusal is our own fault: logged here, told to nobody. */
export function errorAnswers(logger: Logger): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- Express tells an error handler by its four parameters
  return (error: unknown, _request, response, _next) => {
    const refusal = asRefusal(error);
    const { code, status, details } = refusal;
    if (status >= 500) eventLog(logger, response).error({ err: error }, code);
    if (code === 'cross_site_request') eventLog(logger, response).warn({ reason: details.reason }, code);
    if (code === 'rate_limited') eventLog(logger, response).warn({ limit: details.limit }, code);
    // An answer that has begun is cut, so that nobody takes it for whole; Express would write the error to the console.
    if (response.headersSent) response.destroy();
    else answer(response, refusal);
  };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const isClientsFault = error instanceof Error && 'status' in error && error.status === 400;
  return new Refusal(isClientsFault ? 'invalid_request' : 'internal_error', { cause: error });
}

function answer(response: Response, { code, status, details }: Refusal): void {
  const challenge = challenges[code];
  if (challenge) response.set('WWW-Authenticate', challenge);
  if (details.retryAfterSeconds) response.set('Retry-After', String(details.retryAfterSeconds));
  const body: ErrorBody & { authenticated?: false } = {
    success: false,
    ...(details.authenticated === false ? { authenticated: false } : {}),
    code,
    message: errorTable[code].message,
    requestId: requestIdOf(response),
    ...(details.errors ? { errors: [...details.errors] } : {}),
  };
  response.set('Cache-Control', 'private, no-store').status(status).json(body);
}
