/** How pino writes a line: JSON, events by name, and nothing in it that a stranger may not read. */
import { scrubbed } from './scrub.ts';

/** How much is logged, in pino's words; `silent` is for tests. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

/** The options for `pino()`. */
export interface LogOptions {
  readonly level: LogLevel;
  /** On every line. */
  base: { readonly app: string };
  formatters: { readonly log: (details: Record<string, unknown>) => Record<string, unknown> };
  serializers: { readonly err: (error: unknown) => unknown };
}

/** Makes them for one app. Whatever is hung on a line is scrubbed; bindings of a child logger are the app's own words. */
export function logOptions(app: string, level: LogLevel): LogOptions {
  return {
    level,
    base: { app },
    formatters: { log: scrubbed },
    serializers: { err: (described) => described }, // scrubbed already, and pino's own would look for an Error
  };
}
