/** The third answer to "who is there?": nobody can tell right now. */

/** What an error boundary finds in `error.digest`; Next.js hides the message in production. */
export const sessionUnavailableDigest = 'footbridge:session_unavailable';

/** Verification is impossible right now. Not a logout: the cookie is kept, trying again is right. */
export class SessionUnavailableError extends Error {
  readonly code = 'session_unavailable';
  readonly digest = sessionUnavailableDigest;

  constructor() {
    super('the session cannot be verified: the signing keys could not be fetched');
    this.name = 'SessionUnavailableError';
  }
}
