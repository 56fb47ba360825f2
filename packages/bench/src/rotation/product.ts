/** The API's own rotation, put together as the API's composition root does. */
import { connect } from '@footbridge/api/src/database/connect.ts';
import { createLogger } from '@footbridge/api/src/log.ts';
import { computeRefreshToken } from '@footbridge/api/src/refresh-token/refresh-token.ts';
import { refreshTokenKeys } from '@footbridge/api/src/refresh-token/token-keys.ts';
import { createLedger } from '@footbridge/api/src/revocations/ledger.ts';
import { createRevocationSet } from '@footbridge/api/src/revocations/revocation-set.ts';
import { createSecretRing } from '@footbridge/api/src/secrets/secret-ring.ts';
import { createRotation, type Rotate } from '@footbridge/api/src/sessions/rotation.ts';
import type { HeldSession, Rotator } from './holders.ts';

/** The defaults of the API's settings, in seconds. */
export const lifetimes = { idleSeconds: 604_800, graceSeconds: 60 } as const;

const retentionSeconds = 900;
const apiSecret = 'known to this bench alone, and of use to nobody';

/** The API's rotation, with what it takes to compute a token. */
export interface Product extends Rotator {
  /** What the API makes of a presented token. */
  readonly rotate: Rotate;
  /** The id of the key that the sessions' rows must name. */
  readonly keyId: string;
  tokenOf(session: HeldSession): string;
}

/** Opens it on as many connections as the API itself holds by default. */
export function openProduct(url: string): Product {
  const database = connect({ url, logger: createLogger('silent') });
  const secrets = createSecretRing([apiSecret]);
  const set = createRevocationSet({ retentionSeconds, now: Date.now });
  const ledger = createLedger({ database, set, retentionSeconds });
  const rotate = createRotation({ database, secrets, ledger, ...lifetimes });
  const tokenOf = (session: HeldSession): string => {
    const position = { sessionId: session.id, generation: session.generation };
    return computeRefreshToken(position, refreshTokenKeys(session, secrets));
  };
  return {
    rotate,
    keyId: secrets.newestKeyId,
    tokenOf,
    holder(session) {
      let token = tokenOf(session);
      return async () => {
        const outcome = await rotate(token);
        if (outcome.kind !== 'rotated') throw new Error(`the only holder of a session was answered ${outcome.kind}`);
        token = tokenOf(outcome.session);
      };
    },
    close: () => database.$disconnect(),
  };
}
