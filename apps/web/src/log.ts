/** Structured log lines: events by name, never a token, a password or a cookie. */
import type { Logger } from '@footbridge/core';
import { pino } from 'pino';

/** How much is logged, in pino's words. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

const secretMembers = ['password', 'token', 'refreshToken', 'accessToken', 'authorization', 'cookie'];

/** Creates the app's logger: JSON lines on standard output. */
export function createLogger(level: LogLevel): Logger {
  const lines = pino({
    level,
    base: { app: 'web' },
    redact: secretMembers.flatMap((member) => [member, `*.${member}`]),
  });
  return {
    info: (event, details) => lines.info(details, event),
    warn: (event, details) => lines.warn(details, event),
    error: (event, details) => lines.error(details, event),
  };
}
