/** Sessions: one row each, from login to the end that the user, the clock or theft brings. */
import { randomBytes } from 'node:crypto';
import type { User } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import { Prisma, type Session } from '../generated/prisma/client.ts';
import { firstGeneration } from '../refresh-token/refresh-token.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import type { Ledger, RevocationReason } from '../revocations/ledger.ts';
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

/** What a session id stands for right now. */
export type SessionReading =
  | { readonly kind: 'live'; readonly session: Session; readonly user: User }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'expired' };

/** What the rest of the app asks about sessions. */
export interface Sessions {
  /** A new session's row, for whoever opens it together with something else. */
  draft(endUser: EndUser): SessionDraft;
  /** Reads a session and its user from the row. One that the clean-up has deleted counts as expired. */
  read(id: string): Promise<SessionReading>;
  /** Finds the row whatever its state, for judging a refresh token. */
  find(id: string): Promise<Session | undefined>;
  /** The user's live sessions, newest activity first. */
  list(userId: string): Promise<readonly Session[]>;
  /** Ends a session; whether it was still going on. */
  end(id: string, reason: RevocationReason): Promise<boolean>;
  /** Ends one of the user's own sessions; `false` for any other id, whatever it is. */
  endOwn(userId: string, id: string): Promise<boolean>;
  /** Ends every session of the user, and gives how many there were. */
  endAll(userId: string): Promise<number>;
}

/** `now` gives milliseconds since the epoch. */
export interface SessionsOptions {
  readonly database: Database;
  readonly secrets: SecretRing;
  readonly ledger: Ledger;
  readonly lifetimes: SessionLifetimes;
  readonly now: () => number;
}

/** Creates the sessions module. */
export function createSessions({ database, secrets, ledger, lifetimes, now }: SessionsOptions): Sessions {
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

    list(userId) {
      const present = new Date(now());
      return database.session.findMany({
        where: { userId, revokedAt: null, expiresAt: { gt: present }, absoluteExpiresAt: { gt: present } },
        orderBy: [{ lastActiveAt: 'desc' }, { id: 'desc' }],
      });
    },

    async end(id, reason) {
      if (!uuid.test(id)) return false;
      const ended = await ledger.end(Prisma.sql`id = ${id}::uuid`, reason);
      return ended.length > 0;
    },

    async endOwn(userId, id) {
      if (!uuid.test(id)) return false;
      const isTheirs = Prisma.sql`id = ${id}::uuid AND "userId" = ${userId}::uuid`;
      const ended = await ledger.end(isTheirs, 'ended_by_user');
      return ended.length > 0;
    },

    async endAll(userId) {
      const ended = await ledger.end(Prisma.sql`"userId" = ${userId}::uuid`, 'logout_all');
      return ended.length;
    },
  };
}
