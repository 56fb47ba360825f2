/** Changes the key that signs access tokens: the new one is published first, and signs when everybody can know it. */
import type { Database } from '../database/connect.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { newKeyPair } from './key-pair.ts';
import { addKey, changeKeys, readKeyRows, signAtOnce } from './key-rows.ts';

/**
 * How long a new key is published before it signs, in seconds. Instances read the rows every 30 s at the latest, caches
 * keep the key set for a minute, frontends and common JWT libraries for ten: after a quarter of an hour all have it.
 */
export const propagationSeconds = 900;

/** Where the keys are, what seals a new one, and after how many seconds it signs. */
export interface RotationOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly signsInSeconds: number;
  /** The other keys leaked: nothing that they signed counts any more. */
  readonly isCompromised: boolean;
}

/** What a rotation came to. Times are on the database's clock. */
export type KeyRotation =
  | { readonly kind: 'made'; readonly kid: string; readonly signsFrom: Date }
  /** An earlier run made a key that waits for its time: it is the next one, and no other was made. */
  | { readonly kind: 'waiting'; readonly kid: string; readonly signsFrom: Date }
  /** The key that an earlier run made signs from now on instead of waiting. */
  | { readonly kind: 'hastened'; readonly kid: string }
  | { readonly kind: 'replaced'; readonly kid: string; readonly deleted: readonly string[] };

/** Rotates. Of runs at the same time one makes a key, the others find it waiting. */
export function rotateSigningKey({ database, secrets, ...options }: RotationOptions): Promise<KeyRotation> {
  return changeKeys(database, async (transaction): Promise<KeyRotation> => {
    const read = await readKeyRows(transaction);
    if (options.isCompromised) {
      const deleted = read?.rows.map(({ kid }) => kid) ?? [];
      await transaction.signingKey.deleteMany();
      const pair = newKeyPair(secrets);
      await addKey(transaction, pair);
      return { kind: 'replaced', kid: pair.kid, deleted };
    }
    const waiting = read?.rows.findLast(({ signsFrom }) => signsFrom > read.readAt);
    if (waiting && options.signsInSeconds > 0) {
      return { kind: 'waiting', kid: waiting.kid, signsFrom: waiting.signsFrom };
    }
    if (waiting) {
      await signAtOnce(transaction, waiting.kid);
      return { kind: 'hastened', kid: waiting.kid };
    }
    const pair = newKeyPair(secrets);
    const signsFrom = await addKey(transaction, pair, { signsInSeconds: read ? options.signsInSeconds : 0 });
    return { kind: 'made', kid: pair.kid, signsFrom };
  });
}
