/** People and their passwords. A password hash never leaves this module. */
import type { LoginRequest, ProfileChange, RegisterRequest, User } from '@footbridge/contracts';
import { type Database, isUniqueViolation } from '../database/connect.ts';
import type { Session } from '../generated/prisma/client.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { Refusal } from '../refusal.ts';
import type { SessionDraft } from '../sessions/sessions.ts';
import { publicMembers } from './public-user.ts';

/** What becomes of a login: `userId` of a wrong password is for the log alone. */
export type LoginOutcome =
  | { readonly kind: 'known'; readonly user: User }
  | { readonly kind: 'refused'; readonly userId: string | undefined };

/** What the rest of the app asks about people. */
export interface Users {
  /** Creates the user and their first session together. Refused with `email_taken` for a known address. */
  register(account: RegisterRequest, session: SessionDraft): Promise<{ user: User; session: Session }>;
  /** Creates the user unless the address is known; whether it was new. */
  ensure(account: RegisterRequest): Promise<boolean>;
  /** Compares the password. An unknown address costs the same work as a wrong password. */
  authenticate(credentials: LoginRequest): Promise<LoginOutcome>;
  /** Changes the display name. */
  changeProfile(id: string, change: ProfileChange): Promise<User>;
}

/** `now` gives milliseconds since the epoch. */
export interface UsersOptions {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly now: () => number;
}

/** Creates the users module. */
export function createUsers({ database, passwords, now }: UsersOptions): Users {
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

    async authenticate({ email, password }) {
      const row = await database.user.findUnique({
        where: { email },
        select: { ...publicMembers, passwordHash: true },
      });
      const isRight = await passwords.matches(password, row?.passwordHash);
      if (!row || !isRight) return { kind: 'refused', userId: row?.id };

      const { passwordHash, ...user } = row;
      if (passwords.isOutdated(passwordHash)) await rehash(user.id, password, passwordHash);
      return { kind: 'known', user };
    },

    changeProfile: (id, { name }) => database.user.update({ where: { id }, data: { name }, select: publicMembers }),
  };

  /** Loses against a password change that happens meanwhile: only the hash that was compared is replaced. */
  async function rehash(id: string, password: string, outdated: string): Promise<void> {
    const passwordHash = await passwords.hash(password);
    await database.user.updateMany({ where: { id, passwordHash: outdated }, data: { passwordHash } });
  }
}
