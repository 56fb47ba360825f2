/** `keys:status` in words: one line per signing key, one per secret, and what may be done with it. */
import type { KeyStatus, SecretStatus, SigningKeyStatus } from './key-status.ts';

/** Writes the report, lines without a newline at the end. */
export function reportKeys({ signingKeys, secrets }: KeyStatus): string {
  return [
    'signing keys',
    ...(signingKeys.length > 0 ? signingKeys.map(describeKey) : ['  none yet: the first start of the API makes one']),
    'members of API_SECRET, by key id',
    ...secrets.map(describeSecret),
  ].join('\n');
}

function describeKey({ kid, state, signsFrom, neededUntil, sealKeyId }: SigningKeyStatus): string {
  const time = {
    waits: `waits, signs from ${textOf(signsFrom)}`,
    signs: `signs since ${textOf(signsFrom)}`,
    published: `published until ${textOf(neededUntil)}`,
  }[state];
  return `  ${kid}  ${time}  (sealed with ${sealKeyId})`;
}

function describeSecret({ keyId, place, signingKeys, sessions, lastEnd }: SecretStatus): string {
  const position = place === undefined ? 'MISSING HERE' : `number ${place}`;
  const use = `${sessions} live sessions${lastEnd ? `, the last over by ${textOf(lastEnd)}` : ''}; seals ${signingKeys} keys`;
  return `  ${keyId}  ${position}  ${use}${adviceOf({ place, signingKeys, sessions })}`;
}

function adviceOf({ place, signingKeys, sessions }: Pick<SecretStatus, 'place' | 'signingKeys' | 'sessions'>): string {
  const isUsed = signingKeys + sessions > 0;
  if (place === undefined) return ': put it back at the end of API_SECRET';
  return place > 1 && !isUsed ? ': not in use, may be removed' : '';
}

function textOf(instant: Date | undefined): string {
  return instant?.toISOString() ?? 'never';
}
