/** `POST /api/refresh`: a refresh token for its successor and a new access token (RFC 6749, section 6). */
import { refreshRequest } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import { eventLog } from '../http/access-log.ts';
import { hasBody, readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';

/** Answers 200 with tokens, the same refresh token to every holder of its predecessor; or 401 with the reason. */
export function refresh({ admitClient, rotate, tokenAnswer, logger }: Services): Handler {
  let reuses = 0;
  return async (request, response) => {
    admitClient(request);
    const presented = await presentedToken(request, response);
    const rotation = await rotate(presented);
    const log = eventLog(logger, response);
    if (rotation.kind === 'refused') {
      if (rotation.ended) {
        reuses += 1;
        log.warn({ ...rotation.ended, reusesSinceStart: reuses }, 'refresh_token_reused');
      }
      throw new Refusal(rotation.code);
    }
    const { kind, user, session, at } = rotation;
    log.info({ userId: user.id, sessionId: session.id, generation: session.generation }, `refresh_token_${kind}`);
    response.json(tokenAnswer({ user, session, message: 'refreshed', at }));
  };
}

async function presentedToken(request: Request, response: Response): Promise<string> {
  if (!hasBody(request)) return '';
  return (await readJson({ request, response, schema: refreshRequest })).refreshToken ?? '';
}
