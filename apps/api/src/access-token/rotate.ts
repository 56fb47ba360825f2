/** `keys:rotate`: makes the next signing key, for the instances that run and for those to come. */
import { parseArgs } from 'node:util';
import { reportFailure } from '../failure.ts';
import { type KeyRotation, propagationSeconds, rotateSigningKey } from './key-rotation.ts';
import { withKeyStore } from './key-store.ts';

const usage = `usage: keys:rotate [--signs-in SECONDS | --now | --compromised]
  --signs-in SECONDS  how long the new key is published before it signs; ${propagationSeconds} by default
  --now               the new key, or the one that waits, signs at once
  --compromised       the new key signs at once, and every other one is deleted: their tokens count no more`;

async function rotate(): Promise<void> {
  const { signsInSeconds, isCompromised } = readArguments();
  await withKeyStore(async ({ database, secrets }) => {
    const rotation = await rotateSigningKey({ database, secrets, signsInSeconds, isCompromised });
    process.stdout.write(`${describe(rotation)}\n`);
  });
}

function readArguments(): { readonly signsInSeconds: number; readonly isCompromised: boolean } {
  const options = {
    'signs-in': { type: 'string' },
    now: { type: 'boolean', default: false },
    compromised: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const { 'signs-in': given, now, compromised } = values;
    const isOne = [given !== undefined, now, compromised].filter(Boolean).length <= 1;
    const isNumber = given === undefined || /^\d+(\.\d+)?$/.test(given);
    if (!isOne || !isNumber) throw new TypeError('unusable arguments');
    return { signsInSeconds: now ? 0 : Number(given ?? propagationSeconds), isCompromised: compromised };
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}

function describe(rotation: KeyRotation): string {
  switch (rotation.kind) {
    case 'made':
      return (
        `made the signing key ${rotation.kid}: published now, signs from ${rotation.signsFrom.toISOString()}; ` +
        'the one before stays published until its last token has expired'
      );
    case 'waiting':
      return (
        `no key was made, for ${rotation.kid} is waiting: it signs from ${rotation.signsFrom.toISOString()}; ` +
        'with --now it signs at once'
      );
    case 'hastened':
      return `the signing key ${rotation.kid} waits no longer: it signs from now on`;
    case 'replaced':
      return (
        `made the signing key ${rotation.kid}, which signs from now on, and deleted ${rotation.deleted.length}; ` +
        'restart the frontends, which may go by the deleted ones for ten minutes more'
      );
  }
}

await rotate().catch(reportFailure);
