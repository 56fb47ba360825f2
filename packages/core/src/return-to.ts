/** Where a person goes after login: a local path by grammar, so that no link of ours leads to another site. */

const longestPath = 2048;
/** One slash, then printable ASCII without backslash: browsers read `//`, `/\` and `/<tab>/` as another host. */
const localPathGrammar = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
/** What a path must not become when something downstream decodes it, or resolves its dot segments. */
const isElsewhere = /^\/[/\\]|^\/api(?:[/\\]|$)|[\\\p{Cc}]/iu;

/**
 * The value itself if it is the path of a page of this site, `undefined` otherwise. Paths below `/api` are
 * endpoints, not pages. The value is used as it is: never decoded, never completed.
 */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > longestPath || !localPathGrammar.test(value)) return undefined;
  const { pathname } = new URL(value, 'http://here.invalid');
  return readings(pathname).some((reading) => reading === undefined || isElsewhere.test(reading)) ? undefined : value;
}

/** Why somebody who was logged in has to log in again. */
export type LoginReason = 'session_expired' | 'session_ended';

/** What the login page is told. */
export interface LoginLocationOptions {
  readonly reason?: LoginReason | undefined;
  /** Already judged by `localPath()`. */
  readonly returnTo?: string | undefined;
}

/** The address of the login page, with what it needs to say why, and to lead back. */
export function loginLocation(loginPath: string, { reason, returnTo }: LoginLocationOptions): string {
  const query = new URLSearchParams();
  if (reason !== undefined) query.set('reason', reason);
  if (returnTo !== undefined) query.set('returnTo', returnTo);
  return query.size > 0 ? `${loginPath}?${query}` : loginPath;
}

/** The pathname as it is, decoded, and decoded twice; `undefined` stands for one that cannot be decoded. */
function readings(pathname: string): (string | undefined)[] {
  const once = decoded(pathname);
  return [pathname, once, once === undefined ? undefined : (decoded(once) ?? once)];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
