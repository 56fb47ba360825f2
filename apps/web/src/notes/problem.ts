/** What is wrong with a note that was sent, in words for a person. */
import type { ErrorCode } from '@footbridge/contracts';
import type { Problem } from '../forms/problem.ts';
import type { CallFailure } from './answer.ts';

/** What one person may write and attach; the contract's numbers, handed on by the page. */
export interface Limits {
  readonly titleCharacters: number;
  readonly bodyCharacters: number;
  readonly attachmentBytes: number;
}

/** A note's fields, in the form and on the wire. */
export type NoteField = 'title' | 'body';

/** One sentence for the form, one for each field it concerns. */
export interface NoteProblem {
  /** In the shape that all forms show. */
  readonly whole: Problem;
  readonly fields: Readonly<Partial<Record<NoteField, string>>>;
}

const labels: Readonly<Record<NoteField, string>> = { title: 'Title', body: 'Text' };

const anythingElse = 'Something went wrong. Try again.';

const sentences = new Map<string, string>(
  Object.entries({
    validation_failed: 'Some fields need another look.',
    malformed_json: anythingElse,
    not_found: 'This note is not there any more.',
    precondition_failed: 'This note was changed elsewhere meanwhile. Look at it again first.',
    quota_exceeded: 'There is no room for more. Delete something first.',
    payload_too_large: 'That is more than can be stored.',
    cross_site_request: 'The request did not come from this page. Reload it, then try again.',
    rate_limited: 'Too many attempts. Wait a minute, then try again.',
  } satisfies Partial<Record<ErrorCode, string>>),
);

/** One sentence on a call that was not done. */
export function sentenceOf(failure: CallFailure): string {
  switch (failure.kind) {
    case 'over':
      return 'You are not logged in any more, so nothing was changed.';
    case 'unavailable':
      return 'The notes cannot be reached right now. Try again in a moment.';
    case 'refused':
      return sentences.get(failure.code) ?? anythingElse;
  }
}

/** The same for a form, with the API's own words at the fields that it names. */
export function problemOf(failure: CallFailure): NoteProblem {
  const errors = failure.kind === 'refused' ? failure.errors : [];
  const fields = errors.flatMap(({ path, message }) =>
    path === 'title' || path === 'body' ? [[path, `${labels[path]} ${message}.`]] : [],
  );
  return { whole: { summary: sentenceOf(failure), fields: {} }, fields: Object.fromEntries(fields) };
}
