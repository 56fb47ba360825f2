/** The answer to register, login and refresh (RFC 6749, section 5.1): both tokens, their lifetimes, the user, the session. */
import type { SessionClaims, TokenAnswer, User } from '@footbridge/contracts';
import type { TokenIssuer } from '../access-token/issue.ts';
import type { DescribedSession } from '../access-token/session-claims.ts';
import type { Session } from '../generated/prisma/client.ts';
import { computeRefreshToken } from '../refresh-token/refresh-token.ts';
import { refreshTokenKeys } from '../refresh-token/token-keys.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { summarise } from '../sessions/session-summary.ts';
import { endOf, refreshSeconds } from '../sessions/session-times.ts';

/** What tokens are made with; `now` gives milliseconds since the epoch. */
export interface TokenAnswersOptions {
  readonly issueToken: TokenIssuer;
  /** What a token says of its session beyond the claims that all have. */
  readonly claimsOf: (described: DescribedSession) => Partial<SessionClaims>;
  readonly secrets: SecretRing;
  readonly now: () => number;
}

/** For whom, in which session, and what to say. */
export interface Grant {
  readonly user: User;
  readonly session: Session;
  readonly message: string;
  /** When the session's times were read, by the clock that made them; this process's own by default. */
  readonly at?: Date;
}

/** Makes the answer from a grant. */
export type TokenAnswers = (grant: Grant) => TokenAnswer;

/** Creates the maker of token answers. */
export function createTokenAnswers({ issueToken, claimsOf, secrets, now }: TokenAnswersOptions): TokenAnswers {
  return ({ user, session, message, at = new Date(now()) }) => {
    const claims = claimsOf({ user, session });
    const subject = { userId: user.id, role: user.role, sessionId: session.id, claims };
    const { token, expiresIn } = issueToken(subject, endOf(session).getTime() - at.getTime());
    const position = { sessionId: session.id, generation: session.generation };
    return {
      success: true,
      message,
      token,
      tokenType: 'Bearer',
      expiresIn,
      refreshToken: computeRefreshToken(position, refreshTokenKeys(session, secrets)),
      refreshExpiresIn: refreshSeconds(session, at.getTime()),
      data: { user, session: summarise(session) },
    };
  };
}
