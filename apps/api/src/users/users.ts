/** People and their passwords. A password hash never leaves this module. */
import type { LoginRequest, PasswordChange, ProfileChange, RegisterRequest, User } from '@footbridge/contracts';
import { type Database, isUniqueViolation, transact } from '../database/connect.ts';
import { Prisma, type Session } from '../generated/prisma/client.ts';
import type { Logger } from '../log.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { Refusal } from '../refusal.ts';
import { ending, type Ledger } from '../revocations/ledger.ts';
import type { EndedSession } from '../revocations/revocation-set.ts';
import type { SessionDraft } from '../sessions/sessions.ts';
import { publicMembers } from './public-user.ts';

/** What becomes of a login: `userId` of a wrong password is for the log alone. */
export type LoginOutcome =
  | { readonly kind: 'known'; readonly user: User; readonly session: Session }
  | { readonly kind: 'refused'; readonly userId: string | undefined };

/** A user in the session that they ask from. */
export interface SessionHolder {
  readonly userId: string;
  readonly sessionId: string;
}

/** What the rest of the app asks about people. */
export interface Users {
  /** Creates the user and their first session together. Refused with `email_taken` for a known address. */
  register(account: RegisterRequest, session: SessionDraft): Promise<{ user: User; session: Session }>;
  /** Creates the user unless the address is known; whether it was new. */
  ensure(account: RegisterRequest): Promise<boolean>;
  /** Opens a session for whoever knows the password. An unknown address costs the same work as a wrong password. */
  login(credentials: LoginRequest, session: SessionDraft): Promise<LoginOutcome>;
  /** Replaces the password and ends every other session, both or neither; `false` when the current one is wrong. */
  changePassword(bearer: SessionHolder, change: PasswordChange): Promise<boolean>;
  /** Changes the display name. */
  changeProfile(id: string, change: ProfileChange): Promise<User>;
}

/** `now` gives milliseconds since the epoch. */
export interface UsersOptions {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly ledger: Ledger;
  readonly logger: Logger;
  readonly now: () => number;
}

/** Creates the users module. */
export function createUsers({ database, passwords, ledger, logger, now }: UsersOptions): Users {
  const newUser = async ({ email, password, name }: RegisterRequest) => ({
    email,
    name: name ?? null,
    passwordHash: await passwords.hash(password),
    createdAt: new Date(now()),
  });

  return {
    async register(account, session) {
      try {
        const { sessions, ...user } = await database.user.create({
          data: { ...(await newUser(account)), sessions: { create: session } },
          select: { ...publicMembers, sessions: true },
        });
        const [first] = sessions;
        if (!first) throw new Error('a new user has no session');
        return { user, session: first };
      } catch (error) {
        throw isUniqueViolation(error) ? new Refusal('email_taken', { cause: error }) : error;
      }
    },

    async ensure(account) {
      const known = await database.user.findUnique({ where: { email: account.email }, select: { id: true } });
      if (known) return false;
      const { count } = await database.user.createMany({ data: [await newUser(account)], skipDuplicates: true });
      return count > 0;
    },

    async login({ email, password }, session) {
      const row = await database.user.findUnique({
        where: { email },
        select: { ...publicMembers, passwordHash: true },
      });
      const isRight = await passwords.matches(password, row?.passwordHash);
      if (!row || !isRight) return { kind: 'refused', userId: row?.id };

      const { passwordHash, ...user } = row;
      const opened = await openUnlessChanged(user.id, passwordHash, session);
      if (!opened) return { kind: 'refused', userId: user.id };
      if (passwords.isOutdated(passwordHash)) await rehash(user.id, password, passwordHash);
      return { kind: 'known', user, session: opened };
    },

    async changePassword({ userId, sessionId }, { currentPassword, newPassword }) {
      const row = await database.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
      const isRight = await passwords.matches(currentPassword, row?.passwordHash);
      if (!row || !isRight) return false;

      const passwordHash = await passwords.hash(newPassword);
      const isOther = Prisma.sql`"userId" = ${userId}::uuid AND id <> ${sessionId}::uuid`;
      const { isChanged, ended } = await transact(database, async (transaction) => {
        const unchanged = { id: userId, passwordHash: row.passwordHash };
        const { count } = await transaction.user.updateMany({ where: unchanged, data: { passwordHash } });
        if (count === 0) return { isChanged: false, ended: [] };
        const rows = await transaction.$queryRaw<EndedSession[]>(ending(isOther, 'password_changed'));
        return { isChanged: true, ended: rows };
      });
      ledger.announce(ended, 'password_changed');
      return isChanged;
    },

    changeProfile: (id, { name }) => database.user.update({ where: { id }, data: { name }, select: publicMembers }),
  };

  /**
   * Comparing takes a quarter of a second, in which the password may change: whoever knows the old one must not come out
   * of it with a session. The lock makes a change wait until the session is there to be ended, or makes us see the change.
   */
  function openUnlessChanged(userId: string, compared: string, session: SessionDraft): Promise<Session | undefined> {
    return transact(database, async (transaction) => {
      const unchanged = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM "User" WHERE id = ${userId}::uuid AND "passwordHash" = ${compared} FOR SHARE`;
      return unchanged.length > 0 ? transaction.session.create({ data: { ...session, userId } }) : undefined;
    });
  }

  /**
   * Loses against a password change that happens meanwhile: only the hash that was compared is replaced. Never rejects:
   * whoever has logged in stays so, and the next login tries again.
   */
  async function rehash(id: string, password: string, outdated: string): Promise<void> {
    try {
      const passwordHash = await passwords.hash(password);
      await database.user.updateMany({ where: { id, passwordHash: outdated }, data: { passwordHash } });
    } catch (err) {
      logger.warn({ err, userId: id }, 'rehash_failed');
    }
  }
}
