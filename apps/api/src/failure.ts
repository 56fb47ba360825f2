/** A process that cannot start says why in one sentence, and leaves. */

/** Writes the reason on standard error and sets a failing exit code. */
export function reportFailure(error: unknown): void {
  process.stderr.write(`footbridge api: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

/** What to tell a person about the errors that a start commonly meets; the message itself for the others. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot start';
  const port = 'port' in error ? Number(error.port) : undefined;
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop what listens there, or set API_PORT`;
    case 'EACCES':
      return `port ${port} needs more rights: set API_PORT to one above 1023`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'service_unavailable': // the first query's refusal (database/connect.ts): at start nothing else is asked
      return 'the database does not answer: start it, or correct DATABASE_URL';
    default:
      return error.message || error.name;
  }
}
