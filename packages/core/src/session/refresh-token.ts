/** What a refresh token of our own API says about itself, to whoever cannot verify it (DESIGN section 5.3). */

/** Which generation of which session a token claims to be. */
export interface NamedGeneration {
  readonly sessionId: string;
  readonly generation: number;
}

const grammar = /^v1\.([\w-]{1,64})\.(\d{1,15})\.[\w-]+$/;

/** Reads the claim; `undefined` for another API's token. Nothing follows from it that the API has not confirmed. */
export function namedGeneration(refreshToken: string): NamedGeneration | undefined {
  const [, sessionId, generation] = grammar.exec(refreshToken) ?? [];
  return sessionId === undefined ? undefined : { sessionId, generation: Number(generation) };
}
