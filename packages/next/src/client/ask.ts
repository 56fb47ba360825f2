/** Asks the frontend's own server who is logged in. */
import { readSessionAnswer } from './answer.ts';
import type { SessionSnapshot } from './session-state.ts';

/** Never rejects: nobody to answer means that nobody knows. */
export async function askForSession(send: typeof fetch = fetch): Promise<SessionSnapshot> {
  try {
    return await readSessionAnswer(await send('/api/session', { headers: { 'x-footbridge': '1' }, cache: 'no-store' }));
  } catch {
    return { status: 'unknown' };
  }
}
