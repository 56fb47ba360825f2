/** `GET /healthz` and `/readyz`: whether the process runs, and whether it can do its work. */
import type { Handler } from '../http/mount.ts';
import type { Services } from '../services.ts';

/** Answers as long as the process does. */
export function liveness(): Handler {
  return (_request, response) => {
    response.json({ success: true, message: 'alive' });
  };
}

/** Answers 503 while the database cannot be reached. */
export function readiness({ database }: Services): Handler {
  return async (_request, response) => {
    await database.$queryRaw`SELECT 1`;
    response.json({ success: true, message: 'ready' });
  };
}
