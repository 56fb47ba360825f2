/** First step of every request: the id that joins both apps' log lines, and the headers that every answer carries. */
import { headers, isRequestId } from '@footbridge/contracts';
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

/** Nothing here is for a cache or for guessing at types; an endpoint that may be cached says so itself. */
export const answerHeaders: RequestHandler = (_request, response, next) => {
  response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  next();
};
