/** `POST /api/refresh`: a refresh token for its successor and a new access token (RFC 6749, section 6). */
import { refreshRequest } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import { eventLog } from '../http/access-log.ts';
import { hasBody, readJson } from '../http/json-body.ts';
import type { Handler } from '../http/mount.ts';
import { newestOfEach } from '../refresh-token/newest-of-each.ts';
import { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { RotationRefusal } from '../sessions/rotation.ts';

/**
 * Answers 200 with tokens, the same refresh token to every holder of its predecessor; or 401 with the reason. A browser
 * may present several: the first session that goes on is the one, and cookies go when none does.
 */
export function refresh({ admitCaller, recogniseRefreshToken, rotate, tokenAnswer, logger }: Services): Handler {
  let reuses = 0;
  return async (request, response) => {
    const caller = admitCaller(request, response);
    const log = eventLog(logger, response);
    const presented = [...(await tokensInBody(request, response)), ...caller.tokens.refreshTokens];
    const { tokens, failure } = await newestOfEach(presented, recogniseRefreshToken);

    let refusal: RotationRefusal | undefined;
    for (const token of tokens) {
      const rotation = await rotate(token);
      if (rotation.kind !== 'refused') {
        const { kind, user, session, at } = rotation;
        log.info({ userId: user.id, sessionId: session.id, generation: session.generation }, `refresh_token_${kind}`);
        return caller.answer(tokenAnswer({ user, session, message: 'refreshed', at }));
      }
      if (rotation.ended) {
        reuses += 1;
        log.warn({ ...rotation.ended, reusesSinceStart: reuses }, 'refresh_token_reused');
      }
      refusal ??= rotation.code;
    }
    if (failure !== undefined) throw failure;
    if (presented.length > 0) caller.forget();
    const code = refusal ?? 'invalid_refresh_token';
    log.info({ code }, 'refresh_refused');
    throw new Refusal(code);
  };
}

async function tokensInBody(request: Request, response: Response): Promise<string[]> {
  if (!hasBody(request)) return [];
  const { refreshToken } = await readJson({ request, response, schema: refreshRequest });
  return refreshToken === undefined ? [] : [refreshToken];
}
