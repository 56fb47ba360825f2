/** The answer to register and login (RFC 6749, section 5.1): both tokens, their lifetimes, the user, the session. */
import type { TokenAnswer, User } from '@footbridge/contracts';
import type { TokenIssuer } from '../access-token/issue.ts';
import type { Session } from '../generated/prisma/client.ts';
import { computeRefreshToken, type TokenKeys } from '../refresh-token/refresh-token.ts';
import { Refusal } from '../refusal.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { summarise } from '../sessions/session-summary.ts';
import { endOf, secondsUntil } from '../sessions/session-times.ts';

const retryAfterSeconds = 1;

/** What tokens are made with; `now` gives milliseconds since the epoch. */
export interface TokenAnswersOptions {
  readonly issueToken: TokenIssuer;
  readonly secrets: SecretRing;
  readonly now: () => number;
}

/** For whom, in which session, and what to say. */
export interface Grant {
  readonly user: User;
  readonly session: Session;
  readonly message: string;
}

/** Makes the answer from a grant. */
export type TokenAnswers = (grant: Grant) => TokenAnswer;

/** Creates the maker of token answers. */
export function createTokenAnswers({ issueToken, secrets, now }: TokenAnswersOptions): TokenAnswers {
  return ({ user, session, message }) => {
    const { token, expiresIn } = issueToken({ userId: user.id, role: user.role, sessionId: session.id });
    const position = { sessionId: session.id, generation: session.generation };
    return {
      success: true,
      message,
      token,
      tokenType: 'Bearer',
      expiresIn,
      refreshToken: computeRefreshToken(position, refreshTokenKeys(session, secrets)),
      refreshExpiresIn: secondsUntil(endOf(session), now()),
      data: { user, session: summarise(session) },
    };
  };
}

/** The keys of a session's refresh tokens. A process without the secret that the row names is refused for now, not for good. */
export function refreshTokenKeys({ secret, keyId }: Session, secrets: SecretRing): TokenKeys {
  const key = secrets.key('refreshToken', keyId);
  if (!key) throw new Refusal('service_unavailable', { retryAfterSeconds });
  return { secret, key };
}
