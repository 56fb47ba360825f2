/** Every attack, in the order in which a verifier looks at a token. */
import { algorithmAttacks } from './algorithms.ts';
import { claimAttacks } from './claims.ts';
import { encodingAttacks } from './encodings.ts';
import { headerAttacks } from './headers.ts';
import { signatureAttacks } from './signatures.ts';
import type { TokenAttack } from './target.ts';

/** No verifier may accept any of these. */
export const tokenAttacks: readonly TokenAttack[] = [
  ...encodingAttacks,
  ...headerAttacks,
  ...algorithmAttacks,
  ...signatureAttacks,
  ...claimAttacks,
];
