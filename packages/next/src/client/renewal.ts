/** Exchanges the session's tokens for new ones in shared-domain mode, where no server does it on a call's way. */
import { endpointTarget } from './api-target.ts';
import { post } from './post.ts';

const patienceMs = 10_000;

let renewals = 0;
let underWay: Promise<boolean> | undefined;

/** How often this document has renewed the tokens: taken before a call, it tells whether the call had the newest. */
export function renewalsSoFar(): number {
  return renewals;
}

/**
 * Resolves to whether there are newer tokens than those of a call that was sent after so many renewals. One request is
 * everybody's in this document; other tabs may make theirs, for the API answers all of them with the same successor.
 * Never rejects.
 */
export async function renewTokens(renewalsBefore: number): Promise<boolean> {
  if (renewalsBefore < renewals) return true;
  underWay ??= renew().finally(() => {
    underWay = undefined;
  });
  return underWay;
}

async function renew(): Promise<boolean> {
  const response = await post(endpointTarget('/api/refresh'), { patienceMs });
  if (response?.ok !== true) return false;
  renewals += 1;
  return true;
}
