/** Posts to the endpoints that set and expire cookies. */
import type { ApiTarget } from './api-target.ts';

/** What goes along, and who sends it. */
export interface PostOptions {
  /** Sent as JSON. */
  readonly body?: object;
  /** Gives up after so many milliseconds. Default: when the browser does. */
  readonly patienceMs?: number;
  /** Default: the browser's `fetch`. */
  readonly send?: typeof fetch | undefined;
}

/** `undefined` when nobody answered. */
export async function post(target: ApiTarget, options: PostOptions): Promise<Response | undefined> {
  const { body, patienceMs, send = globalThis.fetch } = options;
  const { url, credentials, headers } = target;
  try {
    return await send(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
      cache: 'no-store',
      credentials,
      ...(body && { body: JSON.stringify(body) }),
      ...(patienceMs !== undefined && { signal: AbortSignal.timeout(patienceMs) }),
    });
  } catch {
    return undefined;
  }
}
