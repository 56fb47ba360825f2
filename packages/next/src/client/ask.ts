/** Asks this site's own server who is logged in: in both modes nobody else makes that report. */
import { readSessionAnswer } from './answer.ts';
import { ownTarget } from './api-target.ts';
import type { SessionSnapshot } from './session-state.ts';

/** Never rejects: nobody to answer means that nobody knows. */
export async function askForSession(send: typeof fetch = fetch): Promise<SessionSnapshot> {
  try {
    const { url, credentials, headers } = ownTarget('/api/session');
    return await readSessionAnswer(await send(url, { headers, credentials, cache: 'no-store' }));
  } catch {
    return { status: 'unknown' };
  }
}
