/** Ends the sessions that a browser's cookies name, at logout and when a new login takes their place (RFC 7009). */
import type { PresentedTokens } from '@footbridge/core';
import type { TokenVerifier } from '../access-token/verify.ts';
import type { Logger } from '../log.ts';
import type { RecogniseRefreshToken } from '../refresh-token/recognise.ts';
import type { Sessions } from './sessions.ts';

/** What to note down, and the session that goes on. */
export interface EndNamedOptions {
  readonly log: Logger;
  readonly except?: string;
}

/** Ends every session that a genuine token names, however many there are. Rejects after all of that was tried. */
export type EndNamed = (tokens: PresentedTokens, options: EndNamedOptions) => Promise<void>;

/** How tokens are told to be genuine, and who ends their sessions. */
export interface EndNamedDependencies {
  readonly verify: TokenVerifier;
  readonly recognise: RecogniseRefreshToken;
  readonly sessions: Pick<Sessions, 'end'>;
}

/** Creates it. A token is genuine however old it is: being late is no reason to stay logged in. */
export function createEndNamed({ verify, recognise, sessions }: EndNamedDependencies): EndNamed {
  const byAccessToken = async (token: string): Promise<string | undefined> => {
    const verdict = await verify(token);
    return verdict.kind === 'valid' || verdict.kind === 'expired' ? verdict.claims.sid : undefined;
  };
  const byRefreshToken = async (token: string): Promise<string | undefined> => (await recognise(token))?.sessionId;

  return async ({ accessTokens, refreshTokens }, { log, except }) => {
    const end = async (id: string): Promise<void> => {
      const wasLive = await sessions.end(id, 'logout');
      if (wasLive) log.info({ sessionId: id, reason: 'logout' }, 'session_ended');
    };
    const named = await Promise.allSettled([...accessTokens.map(byAccessToken), ...refreshTokens.map(byRefreshToken)]);
    const ids = new Set(named.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : [])));
    const ended = await Promise.allSettled([...ids].filter((id) => id !== except).map(end));
    const failed = [...named, ...ended].find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  };
}

/** Ends what a new session takes the place of, as well as that can be done: nobody's login fails for it. */
export function createEndFormer(endNamed: EndNamed): EndNamed {
  return async (tokens, options) => {
    try {
      await endNamed(tokens, options);
    } catch (err) {
      options.log.warn({ err }, 'former_session_not_ended');
    }
  };
}
