/** What an attack is made against, and what it is. */
import type { KeyObject } from 'node:crypto';

/** A verifier: what it would accept, and a key that it trusts. No real attacker has the latter. */
export interface Target {
  /** ES256. What it signs has a genuine signature, so that everything else about a token is judged, too. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The published name of the key. */
  readonly kid: string;
  /** The claims of a token that is accepted, and will be for some minutes. */
  readonly claims: Readonly<Record<string, unknown>> & { readonly iat: number; readonly exp: number };
}

/** One hostile token. */
export interface TokenAttack {
  /** Reads after "a token with". */
  readonly name: string;
  readonly forge: (target: Target) => string;
  /** Right in every way but that its time is over: a verifier may say that of it. */
  readonly isExpired?: true;
  /** Only somebody with a clock of their own can tell: who takes the time from the tokens they get cannot. */
  readonly needsClock?: true;
}
