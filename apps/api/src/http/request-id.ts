/** First step of every request: the id that joins both apps' log lines, and the headers that every answer carries. */
import { headers, isRequestId } from '@footbridge/contracts';
import { inertPolicy, securityHeaders } from '@footbridge/core';
import type { RequestHandler, Response } from 'express';

/** Adopts a sane `X-Request-Id` or makes one, and answers with it. */
export function requestId(newRequestId: () => string): RequestHandler {
  return (request, response, next) => {
    const offered = request.get(headers.requestId);
    response.set(headers.requestId, isRequestId(offered) ? offered : newRequestId());
    next();
  };
}

/** The id that this answer carries. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(headers.requestId));
}

/**
 * Nothing here is for a cache, for guessing at types, or a page; an endpoint that may be cached, or has a page, says so
 * itself. Pages of another origin that CORS lets read an answer still do: `Cross-Origin-Resource-Policy` is about those
 * that do not ask.
 */
export function answerHeaders(publicOrigin: string): RequestHandler {
  const fields = {
    'cache-control': 'private, no-store',
    'content-security-policy': inertPolicy,
    ...Object.fromEntries(securityHeaders(publicOrigin)),
  };
  return (_request, response, next) => {
    response.set(fields);
    next();
  };
}
