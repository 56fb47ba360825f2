/** What the BFF tells its operator: events by name, never a token, a password or a cookie. */

/** Where log lines go. `event` is a stable name; `details` are plain values, safe to print. */
export interface Logger {
  info(event: string, details?: Record<string, unknown>): void;
  warn(event: string, details?: Record<string, unknown>): void;
  error(event: string, details?: Record<string, unknown>): void;
}

const ignore = (): void => undefined;

/** Says nothing: the default wherever a logger is optional. */
export const silentLogger: Logger = { info: ignore, warn: ignore, error: ignore };

/** Names an exception without its message, which may quote what a person typed. */
export function describeException(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: frames.slice(0, 10).map((frame) => frame.trim()) };
}
