/** A process that cannot start says why in one sentence, and leaves. */

/** Writes the reason on standard error and ends the process: Next.js may be holding it open already. */
export function reportFailure(error: unknown): never {
  process.stderr.write(`footbridge web: ${reasonOf(error)}\n`);
  process.exit(1);
}

/** What to tell a person about the errors that a start commonly meets; the message itself for the others. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot start';
  const port = 'port' in error ? Number(error.port) : undefined;
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop what listens there, or set WEB_PORT`;
    case 'EACCES':
      return `port ${port} needs more rights: set WEB_PORT to one above 1023`;
    default:
      return error.message || error.name;
  }
}
