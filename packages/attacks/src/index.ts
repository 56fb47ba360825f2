/** Hostile access tokens: one table for every verifier, whatever it is reached through. */
export { tokenAttacks } from './table.ts';
export type { Target, TokenAttack } from './target.ts';
export { issueToken } from './forge.ts';
