/** What happens to the rest of a body that is refused before it has arrived (RFC 9110, section 15.5.14). */
import type { Request } from 'express';

const patienceMs = 5000;

/** Throws away what still arrives, so that its sender gets to read why it was refused; but not for long. */
export function ignoreRest(request: Request): void {
  request.resume();
  if (request.complete) return;
  const impatience = setTimeout(() => request.destroy(), patienceMs).unref();
  request.once('close', () => clearTimeout(impatience));
}
