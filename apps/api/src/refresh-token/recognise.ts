/** Tells whether a refresh token is ours, whatever its generation, without rotating it. */
import type { SecretRing } from '../secrets/secret-ring.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { isGenuine, parseRefreshToken, type TokenPosition } from './refresh-token.ts';
import { refreshTokenKeys } from './token-keys.ts';

/**
 * Gives the place of a genuine token, `undefined` of anything else. Throws `service_unavailable` when this instance
 * lacks the secret that the session's row names.
 */
export type RecogniseRefreshToken = (text: string) => Promise<TokenPosition | undefined>;

/** Where the rows are, and the keys. */
export interface RecogniserOptions {
  readonly sessions: Pick<Sessions, 'find'>;
  readonly secrets: SecretRing;
}

/** Creates what recognises refresh tokens. Each costs a query. */
export function createRecogniser({ sessions, secrets }: RecogniserOptions): RecogniseRefreshToken {
  return async (text) => {
    const token = parseRefreshToken(text);
    const session = token && (await sessions.find(token.sessionId));
    return session && isGenuine(token, refreshTokenKeys(session, secrets)) ? token : undefined;
  };
}
