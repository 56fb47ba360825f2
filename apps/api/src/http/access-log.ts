/** One log line per request: the route's pattern, never the path or query that was sent. */
import type { RequestHandler, Response } from 'express';
import type { Logger } from '../log.ts';
import { requestIdOf } from './request-id.ts';

const patterns = new WeakMap<Response, string>();

/** Remembers which route answers. */
export function noteRoute(response: Response, pattern: string): void {
  patterns.set(response, pattern);
}

/** The logger for what happens during one request: every line carries its id. */
export function eventLog(logger: Logger, response: Response): Logger {
  return logger.child({ requestId: requestIdOf(response) });
}

/** Writes the line when the answer is out, or the client is gone. */
export function accessLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    response.once('close', () => {
      const isComplete = response.writableFinished;
      eventLog(logger, response).info(
        {
          method: request.method,
          route: patterns.get(response) ?? 'none',
          status: isComplete ? response.statusCode : 'aborted',
          ms: Math.round((performance.now() - start) * 10) / 10,
          ...(isEventStream(response) && { isStream: true }),
        },
        'request',
      );
    });
    next();
  };
}

function isEventStream(response: Response): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}
