/** The one canonical form of an e-mail address: what is validated is what is stored and looked up. */
import { z } from 'zod';

const longestAddress = 254; // RFC 5321, section 4.5.3.1.3, less the angle brackets

/** Trims, normalises to NFKC and lower-cases, so that one person cannot register twice. */
export function canonicalEmail(address: string): string {
  return address.trim().normalize('NFKC').toLowerCase();
}

/** An e-mail address in canonical form, 254 characters at most. */
export const email = z
  .string()
  .transform(canonicalEmail)
  .pipe(z.email('must be an e-mail address').max(longestAddress, `must have at most ${longestAddress} characters`));
