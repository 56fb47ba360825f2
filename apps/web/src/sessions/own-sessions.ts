/** The data access layer of one's own sessions: each function asks the API, and says what came of it. */
import { type SessionEntry, sessionsAnswer } from '@footbridge/contracts';
import { askApi } from '../ask-api.ts';

/** The list, or why there is none. */
export type OwnSessions =
  | { readonly kind: 'listed'; readonly sessions: readonly SessionEntry[] }
  | { readonly kind: 'over' | 'unavailable' };

/** What ending sessions comes to; `gone` is one that is not there, or not one's own. */
export type Ending = 'ended' | 'gone' | 'over' | 'unavailable';

/** Live sessions, newest activity first. */
export async function listSessions(): Promise<OwnSessions> {
  const answer = await askApi('/api/sessions');
  if (answer.kind === 'over') return { kind: 'over' };
  const list = sessionsAnswer.safeParse(answer.kind === 'ok' ? answer.body : undefined);
  return list.success ? { kind: 'listed', sessions: list.data.data.sessions } : { kind: 'unavailable' };
}

/** Ends one session by its id, which may be any text that a form was made to send. */
export async function endSession(id: string): Promise<Ending> {
  if (!/^[\w-]{1,64}$/.test(id)) return 'gone';
  const answer = await askApi(`/api/sessions/${id}`, { method: 'DELETE' });
  if (answer.kind === 'ok') return 'ended';
  return answer.kind === 'refused' ? 'gone' : answer.kind;
}

/** Ends every session but the one that asks. One that is gone already is one less to end. */
export async function endOtherSessions(): Promise<Ending> {
  const own = await listSessions();
  if (own.kind !== 'listed') return own.kind;
  const endings: Ending[] = [];
  for (const { id } of own.sessions.filter(({ current }) => !current)) endings.push(await endSession(id));
  return endings.find((ending) => ending === 'over' || ending === 'unavailable') ?? 'ended';
}

/** Ends every session, the one that asks included. */
export async function endEverySession(): Promise<Ending> {
  const answer = await askApi('/api/logout-all', { method: 'POST' });
  if (answer.kind === 'ok') return 'ended';
  return answer.kind === 'over' ? 'over' : 'unavailable';
}
