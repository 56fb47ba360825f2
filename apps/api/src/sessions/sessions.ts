/** Sessions: one row each, from login to the end that the user, the clock or theft brings. */
import { randomBytes } from 'node:crypto';
import type { User } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import type { Prisma, Session } from '../generated/prisma/client.ts';
import { firstGeneration } from '../refresh-token/refresh-token.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import { publicMembers } from '../users/public-user.ts';
import { endOf, endsOfNewSession, type SessionLifetimes } from './session-times.ts';

const secretBytes = 32;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whom a session belongs to as far as the wire knows; named by an authenticated client only. */
export interface EndUser {
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A session that has no user yet. */
export type SessionDraft = Prisma.SessionCreateWithoutUserInput;

/** Why a session ended before its time. */
export type RevocationReason = 'logout';

/** What a session id stands for right now. */
export type SessionReading =
  | { readonly kind: 'live'; readonly session: Session; readonly user: User }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'expired' };

/** What the rest of the app asks about sessions. */
export interface Sessions {
  /** A new session's row, for whoever creates the user in the same breath. */
  draft(endUser: EndUser): SessionDraft;
  /** Opens a session for a user who logged in. */
  open(userId: string, endUser: EndUser): Promise<Session>;
  /** Reads a session and its user from the row. One that the clean-up has deleted counts as expired. */
  read(id: string): Promise<SessionReading>;
  /** Finds the row whatever its state, for judging a refresh token. */
  find(id: string): Promise<Session | undefined>;
  /** Ends a session; whether it was still going on. */
  end(id: string, reason: RevocationReason): Promise<boolean>;
}

/** `now` gives milliseconds since the epoch. */
export interface SessionsOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly lifetimes: SessionLifetimes;
  readonly now: () => number;
}

/** Creates the sessions module. */
export function createSessions({ database, secrets, lifetimes, now }: SessionsOptions): Sessions {
  const draft = ({ address, userAgent }: EndUser): SessionDraft => {
    const instant = now();
    const start = new Date(instant);
    return {
      secret: randomBytes(secretBytes),
      keyId: secrets.newestKeyId,
      generation: firstGeneration,
      rotatedAt: start,
      createdAt: start,
      lastActiveAt: start,
      ...endsOfNewSession(instant, lifetimes),
      address,
      userAgent,
    };
  };

  return {
    draft,

    open: (userId, endUser) => database.session.create({ data: { ...draft(endUser), userId } }),

    async read(id) {
      if (!uuid.test(id)) return { kind: 'expired' }; // the column takes nothing else
      const row = await database.session.findUnique({ where: { id }, include: { user: { select: publicMembers } } });
      if (!row) return { kind: 'expired' };
      if (row.revokedAt) return { kind: 'revoked' };
      const { user, ...session } = row;
      const isOver = endOf(session).getTime() <= now();
      return isOver ? { kind: 'expired' } : { kind: 'live', session, user };
    },

    async find(id) {
      return (await database.session.findUnique({ where: { id } })) ?? undefined;
    },

    async end(id, reason) {
      if (!uuid.test(id)) return false;
      const { count } = await database.session.updateMany({
        where: { id, revokedAt: null },
        data: { revokedAt: new Date(now()), revokedReason: reason },
      });
      return count > 0;
    },
  };
}
