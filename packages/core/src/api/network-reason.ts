/** What an operator may read about a call that failed on its way. */

/** `TimeoutError`, `ECONNREFUSED` and the like: what an operator looks for, without the message's host names. */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error instanceof Error ? error.name : 'network');
}
