/** Structured log lines: events by name, never a token, a password or a cookie. */
import type { Logger as CoreLogger } from '@footbridge/core';
import { type LogLevel, logOptions } from '@footbridge/operations';
import { pino } from 'pino';

export { type LogLevel, logLevels } from '@footbridge/operations';

/** What core tells, and what is worth a look only now and then. */
export interface Logger extends CoreLogger {
  debug(event: string, details?: Record<string, unknown>): void;
}

/** Creates the app's logger: JSON on standard output, written line by line, so that none is lost however it ends. */
export function createLogger(level: LogLevel): Logger {
  const lines = pino(logOptions('web', level));
  return {
    debug: (event, details) => lines.debug(details, event),
    info: (event, details) => lines.info(details, event),
    warn: (event, details) => lines.warn(details, event),
    error: (event, details) => lines.error(details, event),
  };
}
