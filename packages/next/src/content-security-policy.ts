/** A page's own nonce (CSP3, section 2.3.1): told to the browser in the policy, and to Next.js, which marks its scripts. */

/**
 * Writes the whole `Content-Security-Policy` of a page around its nonce, as in `script-src 'nonce-${nonce}'`. Called
 * once for each page that is shown, so whatever does not change is better joined beforehand. `script-src` has to name
 * the nonce first: Next.js reads it from there.
 */
export type PolicyWithNonce = (nonce: string) => string;

const nonceBytes = 16;

/** By which a request could say what the page's nonce is to be, and so bring a script of its own. */
const clientsOwn = ['content-security-policy', 'content-security-policy-report-only', 'x-nonce'] as const;

/**
 * Gives a page a nonce that nobody can guess or choose: replaces what the client says of it in the request's headers,
 * where Next.js reads the policy and pages read `x-nonce`. Returns the policy for the browser.
 */
export function policyOfPage(requestHeaders: Headers, policy: PolicyWithNonce | undefined): string | undefined {
  for (const name of clientsOwn) requestHeaders.delete(name);
  if (policy === undefined) return undefined;
  const nonce = newNonce();
  const value = policy(nonce);
  requestHeaders.set('content-security-policy', value);
  requestHeaders.set('x-nonce', nonce);
  return value;
}

/** 128 bits in base64. */
function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(nonceBytes))));
}
