/** Whether an account has been at an address before: there, strangers who guess elsewhere do not keep it out. */
import type { Database } from '../database/connect.ts';
import { networkOf } from './network.ts';

/** Tells whether a session of the account with this e-mail address was opened from this network. */
export type IsFamiliar = (email: string, network: string) => Promise<boolean>;

/** Creates what tells. A session is remembered until the clean-up, some minutes after its end. */
export function createFamiliarity(database: Pick<Database, '$queryRaw'>): IsFamiliar {
  return async (email, network) => {
    const rows = await database.$queryRaw<{ readonly address: string }[]>`
      SELECT DISTINCT s.address FROM "Session" s JOIN "User" u ON u.id = s."userId"
      WHERE u.email = ${email} AND s.address IS NOT NULL`;
    return rows.some(({ address }) => networkOf(address) === network);
  };
}
