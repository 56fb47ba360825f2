import { describe, expect, it } from 'vitest';
import { problemOf, sentenceOf } from '../../src/notes/problem.ts';

describe('sentenceOf', () => {
  it.each([
    [{ kind: 'over' }, /not logged in/],
    [{ kind: 'unavailable' }, /try again in a moment/i],
    [{ kind: 'refused', code: 'quota_exceeded', errors: [] }, /delete something/i],
    [{ kind: 'refused', code: 'precondition_failed', errors: [] }, /changed elsewhere/],
    [{ kind: 'refused', code: 'email_taken', errors: [] }, /went wrong/],
  ] as const)('puts %j into words', (failure, words) => {
    expect(sentenceOf(failure)).toMatch(words);
  });
});

describe('problemOf', () => {
  it('completes the API’s words to sentences, at the fields they concern', () => {
    const errors = [
      { path: 'title', message: 'must not be empty' },
      { path: 'body', message: 'must not contain control characters' },
      { path: '__proto__', message: 'is no field' },
    ];
    const problem = problemOf({ kind: 'refused', code: 'validation_failed', errors });
    expect(problem.whole.summary).toBe('Some fields need another look.');
    expect(problem.fields).toEqual({
      title: 'Title must not be empty.',
      body: 'Text must not contain control characters.',
    });
  });

  it('blames no field for an outage', () => {
    expect(problemOf({ kind: 'unavailable' }).fields).toEqual({});
  });
});
