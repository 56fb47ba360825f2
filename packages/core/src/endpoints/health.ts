/** `GET /healthz` and `/readyz` of the frontend: whether the process runs, and whether it can tell who is there. */
import { errorAnswer, jsonAnswer } from '../answers.ts';
import type { Handlers } from '../endpoint.ts';

/** Answers as long as the process does. */
export function liveness(): Handlers {
  return {
    isNavigationTarget: true,
    GET: async ({ requestId }) => jsonAnswer(200, { success: true, message: 'alive' }, { requestId }),
  };
}

/** What readiness depends on. */
export interface ReadinessOptions {
  /** Whether more requests are welcome: no, from the moment on in which the process is told to stop. */
  readonly isReady: () => boolean;
  /** Whether tokens can be verified; tries to make it so. */
  readonly warmUp: () => Promise<boolean>;
}

/**
 * Answers 503 until the signing keys are there, and while the process stops. The API may go down after that: who is
 * logged in is known here without it, and a frontend that was taken out of service for it would log everybody out.
 */
export function readiness({ isReady, warmUp }: ReadinessOptions): Handlers {
  return {
    isNavigationTarget: true,
    async GET({ requestId }) {
      const isWelcome = isReady(); // asked each time: the process learns by it that somebody wants to know
      if (isWelcome && (await warmUp())) return jsonAnswer(200, { success: true, message: 'ready' }, { requestId });
      return errorAnswer({ code: 'service_unavailable', retryAfter: '1' }, { requestId });
    },
  };
}
