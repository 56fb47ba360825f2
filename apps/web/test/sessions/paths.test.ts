import { describe, expect, it } from 'vitest';
import type { Query } from '../../src/query.ts';
import { outcomeOf, pathAfter } from '../../src/sessions/paths.ts';

const hostile: readonly Query[] = [
  {},
  { ended: 'constructor' },
  { ended: '<b>all</b>' },
  { ended: ['one', 'others'] },
  { problem: 'one' },
];

describe('the sessions page', () => {
  it.each([
    ['ended', 'one', 'done'],
    ['ended', 'others', 'done'],
    ['gone', 'one', 'problem'],
    ['unavailable', 'others', 'problem'],
  ] as const)('says what became of a form: %s, %s', (ending, what, kind) => {
    const { searchParams } = new URL(pathAfter(ending, what), 'http://localhost');
    expect(outcomeOf(Object.fromEntries(searchParams))).toMatchObject({ kind, text: expect.stringMatching(/\.$/) });
  });

  it('has a session judged that the API does not know', () => {
    expect(pathAfter('over', 'one')).toBe('/api/refresh?returnTo=%2Fprivate%2Fsessions');
  });

  it.each(hostile)('says nothing to %j', (query) => {
    expect(outcomeOf(query)).toBeUndefined();
  });
});
