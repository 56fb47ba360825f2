/** Calls the API in the name of the logged-in user, on the server only: the token stays here (RFC 6750, section 2.1). */
import type { Services } from '../services.ts';

/** What a caller asks of the API. */
export interface FetchApiInit {
  /** Default `GET`. */
  method?: string | undefined;
  /** Sent as JSON. */
  json?: unknown;
  requestId?: string | undefined;
}

/** The API's answer as it came, whatever its status, or why it was not asked. */
export type FetchApiResult = { kind: 'answer'; response: Response } | { kind: 'anonymous' } | { kind: 'unavailable' };

/**
 * The session is a `Cookie` header, or the result of `authenticateAndRefresh()`, for there is no refresh here. Rejects
 * with `TypeError` only: for a path that does not stay below `/api/`.
 */
export type FetchApi = (
  session: string | null | { readonly cookieHeader: string | null },
  path: string,
  init?: FetchApiInit,
) => Promise<FetchApiResult>;

/** What `createFetchApi()` takes. */
export type FetchApiOptions = Pick<Services, 'api' | 'findSession' | 'logger' | 'newRequestId'>;

/** Makes the call that carries the session's access token. */
export function createFetchApi({ api, findSession, logger, newRequestId }: FetchApiOptions): FetchApi {
  return async (source, path, init = {}) => {
    if (!isApiPath(path)) throw new TypeError('the path must stay below /api/; encode each part of it that varies');
    const cookieHeader = typeof source === 'object' && source !== null ? source.cookieHeader : source;
    const { authentication, session } = await findSession(cookieHeader);
    if (authentication.kind === 'unavailable') return authentication;
    if (authentication.kind !== 'authenticated' || session === undefined) return { kind: 'anonymous' };

    const { method = 'GET', json, requestId = newRequestId() } = init;
    if (api.call === undefined) throw new TypeError('this API takes no calls; give its AuthApi a "call"');
    const result = await api.call(session.content.accessToken, { method, path, json }, { requestId });
    if (result.kind === 'answer') return result;
    logger.error('api_unavailable', { requestId, during: 'call', reason: result.reason });
    return { kind: 'unavailable' };
  };
}

/** Printable ASCII without what some server on the way might decode into another path. */
const pathGrammar = /^\/api\/[\x21-\x7e]+$/;
const ambiguous = /\\|%2e|%2f|%5c|%00|\/\//i;

function isApiPath(path: string): boolean {
  const pathname = path.split(/[?#]/, 1).join('');
  const isPlain = pathGrammar.test(path) && !ambiguous.test(pathname) && !path.includes('#');
  return isPlain && new URL(path, 'http://here.invalid').pathname === pathname;
}
