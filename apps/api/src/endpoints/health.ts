/** `GET /healthz` and `/readyz`: whether the process runs, and whether it can do its work. */
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

const retryAfterSeconds = 1;

/** Answers as long as the process does. */
export function liveness(): Handler {
  return (_request, response) => {
    response.json({ success: true, message: 'alive' });
  };
}

/** Answers 503 while the database cannot be reached, and from the moment on in which this process is told to stop. */
export function readiness({ database, isReady }: Services): Handler {
  return async (_request, response) => {
    if (!isReady()) throw new Refusal('service_unavailable', { retryAfterSeconds });
    await database.$queryRaw`SELECT 1`;
    response.json({ success: true, message: 'ready' });
  };
}
