/** Judges the tokens of a login before a cookie is made of them (RFC 9068, section 4). */
import type { TokenAnswer } from '@footbridge/contracts';
import { decodeJwt } from 'jose';
import { verifyAccessToken } from '../access-token/verify.ts';
import type { Services } from '../services.ts';
import { type SessionContent, sessionContent } from './session-content.ts';
import type { SessionCookie } from './session-cookie.ts';

/** What judging an answer takes beside the answer. */
export interface AcceptOptions extends Pick<Services, 'verification' | 'logger' | 'now'> {
  readonly cookie: Pick<SessionCookie, 'refusalOf'>;
  readonly requestId: string;
}

/**
 * The session that an answer makes, or `undefined` when the guard would refuse its access token anyway: storing it
 * would send the person from login to login for ever. Keys that cannot be had now are no reason to refuse what the
 * API itself has just said.
 */
export async function acceptTokens(answer: TokenAnswer, options: AcceptOptions): Promise<SessionContent | undefined> {
  const receivedAt = options.now();
  const issuedAtSeconds = readIssuedAt(answer.token);
  if (issuedAtSeconds === undefined) return rejected('the access token is not a JWT with an "iat" claim', options);

  const content = sessionContent(answer, { issuedAtSeconds, receivedAt });
  const refusal = options.cookie.refusalOf(content);
  if (refusal !== undefined) return rejected(refusal, options);
  const now = () => receivedAt + content.apiClockAheadMs;
  const token = await verifyAccessToken(answer.token, { ...options.verification, now });
  if (token.kind === 'valid' || token.kind === 'unavailable') return content;
  return rejected(token.kind === 'expired' ? 'the access token expired before it was issued' : token.reason, options);
}

function rejected(reason: string, { requestId, logger }: AcceptOptions): undefined {
  logger.error('api_token_rejected', {
    requestId,
    reason,
    consequence: 'nobody can log in: this server would refuse the token on every page, an endless login loop',
    remedy:
      'give both apps the same COOKIE_MODE, JWT_ALG, JWT_ISSUER and JWT_AUDIENCE, and check JWKS_URL or JWT_SECRET',
  });
  return undefined;
}

/** Read before it is verified, for it says which clock to verify with; it decides nothing else. */
function readIssuedAt(token: string): number | undefined {
  try {
    const { iat } = decodeJwt(token);
    return Number.isFinite(iat) ? iat : undefined;
  } catch {
    return undefined;
  }
}
