/** A browser's side of the session cookie. */

/** The `Cookie` header that a browser would send after this response. */
export function cookieHeaderOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .filter((line) => !line.includes('Max-Age=0'))
    .map((line) => line.slice(0, line.indexOf(';')))
    .join('; ');
}
