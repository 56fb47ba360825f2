import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Note } from '@footbridge/contracts';
import { saveNote } from '../../src/notes/save-note.ts';
import { noteAt } from './fixture.ts';

const seen = noteAt(1, { revision: 3, title: 'Plan', body: 'first' });
const draft = { title: 'Plan', body: 'mine' };

const stored = (note: Note) => () => Response.json({ success: true, message: 'ok', data: { note } });
const refused = (status: number, code: string) => () =>
  Response.json({ success: false, code, message: 'no', requestId: 'r' }, { status });
const stale = refused(412, 'precondition_failed');
const gone = refused(404, 'not_found');

const sent: { readonly method: string; readonly condition: string | null }[] = [];

/** Answers the calls in this order. */
function answerWith(...answers: readonly (() => Response)[]): void {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    expect(new URL(url).pathname).toMatch(/\/notes\/note-1$/);
    sent.push({ method: init.method ?? 'GET', condition: new Headers(init.headers).get('if-match') });
    const answer = answers[sent.length - 1];
    if (!answer) throw new TypeError('network error');
    return answer();
  });
}

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('location', { origin: 'https://app.mysite.com' });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('saveNote', () => {
  it('saves over the version that was seen, and no other', async () => {
    const saved = { ...seen, ...draft, revision: 4 };
    answerWith(stored(saved));
    expect(await saveNote(seen, draft)).toEqual({ kind: 'ok', data: saved });
    expect(sent).toEqual([{ method: 'PATCH', condition: '"3"' }]);
  });

  it('gives the other version when there is one', async () => {
    const theirs = { ...seen, body: 'theirs', revision: 4 };
    answerWith(stale, stored(theirs));
    expect(await saveNote(seen, draft)).toEqual({ kind: 'conflict', note: theirs });
    expect(sent.map(({ method }) => method)).toEqual(['PATCH', 'GET']);
  });

  it('goes on by itself when only the attachment has changed', async () => {
    const saved = { ...seen, ...draft, revision: 5 };
    answerWith(stale, stored({ ...seen, revision: 4 }), stored(saved));
    expect(await saveNote(seen, draft)).toEqual({ kind: 'ok', data: saved });
    expect(sent.at(-1)).toEqual({ method: 'PATCH', condition: '"4"' });
  });

  it.each([
    ['at once', [gone]],
    ['between two calls', [stale, gone]],
  ])('says that the note is gone, %s', async (_when, answers) => {
    answerWith(...answers);
    expect(await saveNote(seen, draft)).toEqual({ kind: 'conflict', note: undefined });
  });

  it.each([
    ['over', [refused(401, 'unauthenticated')]],
    ['unavailable', [refused(503, 'service_unavailable')]],
    ['unavailable', [() => new Response('<html>', { status: 200 })]],
    ['unavailable', []],
    ['unavailable', [stale]],
  ])('is %s when nothing can be said of it', async (kind, answers) => {
    answerWith(...answers);
    expect(await saveNote(seen, draft)).toEqual({ kind });
  });
});
