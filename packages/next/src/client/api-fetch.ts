/** Calls the API as whoever is logged in. */
import { readErrorCode } from './answer.ts';
import { apiTarget } from './api-target.ts';
import { tellRefusal } from './refusals.ts';
import { renewalsSoFar, renewTokens } from './renewal.ts';

/** What `fetch` takes, but for what the mode decides. A stream as body needs `duplex`, as with `fetch`. */
export type ApiFetchInit = Omit<RequestInit, 'cache' | 'credentials' | 'mode'> & { readonly duplex?: 'half' };

/**
 * `fetch()` for the API: `path` is what follows the API's `/api`, such as `/notes?limit=10`. The response is the API's as
 * it came, whatever its status; network failures and aborts reject as they do with `fetch`. An access token that is over
 * is renewed and the call sent once more, unless its body was a stream, which can be read only once. After a 401 that
 * stays, `useSession()` learns whether the session has ended. Redirects are followed, unless `init` says otherwise: an
 * opaque one would tell a script neither its status nor where it leads.
 *
 * @throws {TypeError} when the path does not start with one `/`, or would be folded into another by a URL parser.
 */
export async function apiFetch(path: string, init: ApiFetchInit = {}): Promise<Response> {
  const target = apiTarget(path);
  const headers = new Headers(init.headers);
  headers.set('x-footbridge', target.headers['x-footbridge']);
  const { url, credentials } = target;
  const send = () => fetch(url, { ...init, headers, credentials, mode: 'cors', cache: 'no-store' });

  const renewals = renewalsSoFar();
  const first = await send();
  if (first.status !== 401) return first;
  // This site's own server has renewed what it could before it answered 401.
  const isCurable = credentials === 'include' && (await isAboutToken(first, init));
  const isRenewed = isCurable && (await unlessAborted(renewTokens(renewals), init.signal));
  const isReplayable = !(init.body instanceof ReadableStream);
  const response = isRenewed && isReplayable ? await send() : first;
  if (response.status === 401) tellRefusal();
  return response;
}

/** Whether a new token may help. An answer to HEAD cannot say why. The caller's response stays unread. */
async function isAboutToken(response: Response, { method }: ApiFetchInit): Promise<boolean> {
  if (method?.toUpperCase() === 'HEAD') return true;
  const code = await readErrorCode(response.clone());
  return code === 'invalid_token' || code === 'missing_token';
}

/** A renewal is everybody's: who gives up waiting for it leaves it running. */
function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal | null | undefined): Promise<Result> {
  if (!signal) return result;
  const abort = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([result, abort]);
}
