/** The words of the dev announcement: what is up, where, and who can log in. */
import { cookieDomainOf, demoUser } from '@footbridge/settings';

/**
 * @typedef {object} Announced
 * @property {import('@footbridge/settings').CookieMode} COOKIE_MODE
 * @property {string | undefined} COOKIE_DOMAIN
 * @property {string} WEB_ORIGIN
 * @property {string} API_ORIGIN
 */

/** @param {Announced} settings */
export function announcement({ COOKIE_MODE, COOKIE_DOMAIN, WEB_ORIGIN, API_ORIGIN }) {
  const domain = cookieDomainOf(COOKIE_DOMAIN);
  const places = COOKIE_MODE === 'proxy' ? 'two sites' : `two subdomains that share the cookies of ${domain}`;
  return `
  Footbridge is up: two apps on ${places}.

    open        ${WEB_ORIGIN}
    log in as   ${demoUser.email}
    password    ${demoUser.password}
    the API     ${API_ORIGIN}

  Stop both with Ctrl+C.
`;
}
