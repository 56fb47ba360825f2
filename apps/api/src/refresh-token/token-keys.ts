/** Finds the keys of a session's refresh tokens: its own secret, and the key of the API secret that its row names. */
import { Refusal } from '../refusal.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import type { TokenKeys } from './refresh-token.ts';

const retryAfterSeconds = 1;

/** The two members of a session's row that never change while it lives. */
export interface SessionKeys {
  readonly secret: Uint8Array;
  readonly keyId: string;
}

/** The keys of a session's refresh tokens. A process without the secret that the row names is refused for now, not for good. */
export function refreshTokenKeys({ secret, keyId }: SessionKeys, secrets: SecretRing): TokenKeys {
  const key = secrets.key('refreshToken', keyId);
  if (!key) throw new Refusal('service_unavailable', { retryAfterSeconds });
  return { secret, key };
}
