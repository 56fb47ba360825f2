/** How often anyone may try (DESIGN section 4): counted before a password is hashed, whoever turns out to be right. */
import { createHmac } from 'node:crypto';
import type { Logger } from '../log.ts';
import { type LimitName, Refusal } from '../refusal.ts';
import type { SecretRing } from '../secrets/secret-ring.ts';
import type { Counter, OpenCounter } from './counters.ts';
import type { IsFamiliar } from './familiar.ts';
import { networkOf } from './network.ts';

/** Attempts a minute; 0 is no limit. */
export interface RateLimitPolicy {
  /** Logins to one account, and changes of one user's password. */
  readonly loginPerAccount: number;
  /** Logins from one address, and registrations. */
  readonly loginPerAddress: number;
  readonly refreshPerSession: number;
}

/** No limit at all. */
export const unlimited: RateLimitPolicy = { loginPerAccount: 0, loginPerAddress: 0, refreshPerSession: 0 };

/** Somebody who wants to log in; the e-mail address in its canonical form, the other one `null` where nobody knows it. */
export interface LoginAttempt {
  readonly email: string;
  readonly address: string | null;
}

/** Forgets the attempts on the account, for they were its owner's. Never rejects. */
export type Forgive = () => Promise<void>;

/** Each counts one attempt, and refuses it with `rate_limited` when there were too many. */
export interface RateLimits {
  /**
   * An account has one allowance for all the world, whether it exists or not, and one more for each network that it has
   * a session from: whoever guesses from elsewhere does not keep its owner out at home.
   */
  login(attempt: LoginAttempt): Promise<Forgive>;
  registration(address: string | null): Promise<void>;
  /** For genuine tokens alone: a guess must not use up the allowance of a session. */
  refresh(sessionId: string): Promise<void>;
  passwordChange(userId: string): Promise<void>;
}

/** Where attempts are counted, which networks an account knows, and the secrets that make keys of both. */
export interface RateLimitsOptions {
  readonly policy: RateLimitPolicy;
  readonly openCounter: OpenCounter;
  readonly isFamiliar: IsFamiliar;
  readonly secrets: SecretRing;
  readonly logger: Logger;
}

/** Creates the limits. */
export function createRateLimits(options: RateLimitsOptions): RateLimits {
  const { policy, isFamiliar, logger } = options;
  const open = opener(options);
  const loginsToAccount = open('account', { name: 'login-account', limit: policy.loginPerAccount });
  const loginsFromAddress = open('address', { name: 'login-address', limit: policy.loginPerAddress });
  const registrations = open('address', { name: 'register-address', limit: policy.loginPerAddress });
  const refreshes = open('session', { name: 'refresh-session', limit: policy.refreshPerSession });
  const passwordChanges = open('user', { name: 'password-user', limit: policy.loginPerAccount });

  return {
    async login({ email, address }) {
      const network = address === null ? undefined : networkOf(address);
      if (network !== undefined) await loginsFromAddress?.take(network);
      if (!loginsToAccount) return async () => {};
      const isAtHome = network !== undefined && (await isFamiliar(email, network));
      const allowance = isAtHome ? `${email} ${network}` : email;
      await loginsToAccount.take(allowance);
      return () => loginsToAccount.clear(allowance).catch((err: unknown) => logger.warn({ err }, 'rate_limit_kept'));
    },
    async registration(address) {
      if (address !== null) await registrations?.take(networkOf(address));
    },
    async refresh(sessionId) {
      await refreshes?.take(sessionId);
    },
    async passwordChange(userId) {
      await passwordChanges?.take(userId);
    },
  };
}

/** One limit by its subject: an e-mail address, a network, an id. */
interface Limit {
  take(subject: string): Promise<void>;
  clear(subject: string): Promise<void>;
}

type OpenLimit = (limit: LimitName, counted: { readonly name: string; readonly limit: number }) => Limit | undefined;

/** The store is told a digest under a key of its own: who was counted is no business of whoever reads the table. */
function opener({ openCounter, secrets }: RateLimitsOptions): OpenLimit {
  const key = secrets.key('rateLimit', secrets.newestKeyId);
  if (!key) throw new TypeError('the secret ring lacks its newest key');
  const digest = (subject: string): string => createHmac('sha256', key).update(subject).digest('base64url');
  return (limitName, { name, limit }) => {
    if (limit === 0) return undefined;
    const counter: Counter = openCounter(name, limit);
    return {
      async take(subject) {
        const count = await counter.count(digest(subject));
        if (count.kind === 'within') return;
        throw new Refusal('rate_limited', { retryAfterSeconds: count.retryAfterSeconds, limit: limitName });
      },
      clear: (subject) => counter.clear(digest(subject)),
    };
  };
}
