/** A session as its owner sees it: its times, never its secret. */
import type { SessionSummary } from '@footbridge/contracts';
import type { Session } from '../generated/prisma/client.ts';

/** Picks the members that the contract shows. */
export function summarise(session: Session): SessionSummary {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastActiveAt: session.lastActiveAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    absoluteExpiresAt: session.absoluteExpiresAt.toISOString(),
  };
}
