import { describe, expect, it } from 'vitest';
import { attachmentQuery, noteChange, noteDraft, noteLimits, notesQuery } from '../src/notes.ts';

const paths = (result: { error?: { issues: readonly { path: readonly PropertyKey[] }[] } }): string[] =>
  result.error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('note draft', () => {
  it('trims the title and leaves the body as it was written', () => {
    const body = '  a list:\r\n\t- one\n';
    expect(noteDraft.parse({ title: ' Shopping ', body })).toEqual({ title: 'Shopping', body });
    expect(noteDraft.parse({ title: 'x' })).toEqual({ title: 'x', body: '' });
  });

  it('takes exactly as much as the limits say', () => {
    const most = { title: 'é'.repeat(noteLimits.titleCharacters), body: '€'.repeat(noteLimits.bodyCharacters) };
    expect(noteDraft.parse(most)).toEqual(most);
  });

  it.each([
    ['no title', { body: 'x' }, 'title'],
    ['a blank title', { title: ' \u00a0 ' }, 'title'],
    ['a title of two lines', { title: 'a\nb' }, 'title'],
    ['a title that is too long', { title: 'a'.repeat(201) }, 'title'],
    ['a body that is too long', { title: 'a', body: 'a'.repeat(20_001) }, 'body'],
    ['a null character', { title: 'a', body: 'a\u0000b' }, 'body'],
    ['an escape sequence', { title: 'a', body: '\u001b[2J' }, 'body'],
    ['a lone surrogate', { title: 'a', body: '\udc00' }, 'body'],
    ['a list for a body', { title: 'a', body: ['x'] }, 'body'],
  ])('refuses %s and names the field', (_what, draft, field) => {
    expect(paths(noteDraft.safeParse(draft))).toEqual([field]);
  });
});

describe('note change', () => {
  it('takes either member, and nothing but the two', () => {
    expect(noteChange.parse({ title: 'a', id: 'x', userId: 'y', revision: 9 })).toEqual({ title: 'a' });
    expect(noteChange.parse({ body: '' })).toEqual({ body: '' });
  });

  it('refuses to change nothing', () => {
    expect(noteChange.safeParse({ revision: 2 }).success).toBe(false);
  });
});

describe('query of the list', () => {
  it('has twenty notes on a page unless told otherwise', () => {
    expect(notesQuery.parse({})).toEqual({ limit: 20 });
    expect(notesQuery.parse({ limit: '100', cursor: 'x' })).toEqual({ limit: 100, cursor: 'x' });
  });

  it.each(['0', '101', '-1', '1e1', '1.5', ' 5', '', 'many', '٣'])('refuses a limit of %j', (limit) => {
    expect(paths(notesQuery.safeParse({ limit }))).toEqual(['limit']);
  });
});

describe('name of an attachment', () => {
  it.each(['résumé.pdf', '.env', 'a "quoted" name; really', '日本語.txt'])('may be %s', (name) => {
    expect(attachmentQuery.parse({ name })).toEqual({ name });
  });

  it.each(['', '   ', 'a/b', '..\\b', 'a\r\nSet-Cookie: x', 'a\u0000', '\ud800', 'a'.repeat(256)])(
    'may not be %j',
    (name) => {
      expect(attachmentQuery.safeParse({ name }).success).toBe(false);
    },
  );
});
