/** Structured log lines: events by name, ids, never an e-mail address, password, token or header. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** How much is logged; `silent` is for tests. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number];

const secretMembers = ['password', 'passwordHash', 'token', 'refreshToken', 'accessToken', 'authorization', 'cookie'];

/** Creates the app's logger. Lines are JSON on standard output unless `destination` says otherwise. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { app: 'api' },
    redact: secretMembers.flatMap((member) => [member, `*.${member}`]),
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Keeps what locates a fault; drops whatever else a library hung on its error (queries, arguments, rows). */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  return { type: error.name, code, message: error.message, stack: error.stack, cause };
}
