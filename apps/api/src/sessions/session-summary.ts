/** A session as its owner sees it: its times and where it is, never its secret. */
import type { SessionEntry, SessionSummary } from '@footbridge/contracts';
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

/** An entry of the owner's list, seen from the session `currentId`. */
export function describeEntry(session: Session, currentId: string): SessionEntry {
  const { userAgent, address } = session;
  return { ...summarise(session), userAgent, address, current: session.id === currentId };
}
