/** What every answer of the frontend says, whoever gives it; pages replace the policy by one of their own. */
import { inertPolicy, securityHeaders } from '@footbridge/core';

/** Powers that no page of ours uses, and so nothing that gets into one shall have. */
const unusedPowers = ['camera', 'display-capture', 'geolocation', 'microphone', 'midi', 'payment', 'usb'] as const;

/**
 * The headers of every answer that the relay does not give, in lower case. `next.config.ts` gives them without an origin,
 * for it is read at build time; the custom server and the guard know the origin, and add what https needs.
 */
export function frontendHeaders(
  publicOrigin = 'http://localhost',
): readonly (readonly [name: string, value: string])[] {
  return [
    ...securityHeaders(publicOrigin),
    ['content-security-policy', inertPolicy],
    ['cross-origin-opener-policy', 'same-origin'],
    ['permissions-policy', unusedPowers.map((power) => `${power}=()`).join(', ')],
  ];
}
