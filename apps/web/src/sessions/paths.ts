/** Addresses of the sessions page, and what it says for each: a form that was sent leads back to one of them. */
import type { Query } from '../query.ts';
import type { Ending } from './own-sessions.ts';

export const sessionsPath = '/private/sessions';

/** Where the refresh endpoint judges a session that the API does not know any more, and returns if it lives. */
export const recheckPath = `/api/refresh?${new URLSearchParams({ returnTo: sessionsPath })}`;

/** One sentence about what just happened, and whether it went wrong. */
export interface Outcome {
  readonly kind: 'done' | 'problem';
  readonly text: string;
}

const outcomes = new Map<string, Outcome>([
  ['one', { kind: 'done', text: 'That session has ended. Its device has to log in again.' }],
  ['others', { kind: 'done', text: 'All other sessions have ended. This one goes on.' }],
  ['gone', { kind: 'problem', text: 'That session was over already.' }],
  [
    'unavailable',
    {
      kind: 'problem',
      text: 'The sign-in service cannot be reached, so not everything was ended. Try again in a moment.',
    },
  ],
]);

/** What the query says has happened; anything that is not ours says nothing. */
export function outcomeOf(query: Query): Outcome | undefined {
  const { ended } = query;
  return typeof ended === 'string' ? outcomes.get(ended) : undefined;
}

/** Where a form of this page leads. */
export function pathAfter(ending: Ending, what: 'one' | 'others'): string {
  if (ending === 'over') return recheckPath;
  return `${sessionsPath}?ended=${ending === 'ended' ? what : ending}`;
}
