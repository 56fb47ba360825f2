import { describe, expect, it } from 'vitest';
import { noteList, type NoteList, type NoteListAction, openList } from '../../src/notes/note-list.ts';
import { noteAt } from './fixture.ts';

const three = openList({ notes: [noteAt(30), noteAt(20), noteAt(10)], nextCursor: null });
const withMore = openList({ notes: [noteAt(30), noteAt(20)], nextCursor: 'older' });

const after = (list: NoteList, ...actions: NoteListAction[]): NoteList => actions.reduce(noteList, list);
const ids = ({ entries }: NoteList) => entries.map(({ note }) => note.id);
const entry = ({ entries }: NoteList, id: string) => entries.find(({ note }) => note.id === id);

describe('news of a note', () => {
  it('puts a new one on top', () => {
    expect(ids(after(three, { kind: 'put', note: noteAt(40) }))).toEqual(['note-40', 'note-30', 'note-20', 'note-10']);
  });

  it('tells of the same note once, whoever is first to say it', () => {
    const twice = after(three, { kind: 'put', note: noteAt(40) }, { kind: 'put', note: noteAt(40) });
    expect(ids(twice)).toHaveLength(4);
  });

  it('replaces an older version in its place', () => {
    const changed = noteAt(20, { title: 'New', revision: 2 });
    const list = after(three, { kind: 'put', note: changed });
    expect(ids(list)).toEqual(ids(three));
    expect(entry(list, 'note-20')?.note).toEqual(changed);
  });

  it('is ignored when it is older than what is known', () => {
    const newer = noteAt(20, { title: 'New', revision: 3 });
    const list = after(three, { kind: 'put', note: newer }, { kind: 'put', note: noteAt(20, { revision: 2 }) });
    expect(entry(list, 'note-20')?.note).toEqual(newer);
  });

  it('does not revive what was deleted', () => {
    const list = after(three, { kind: 'delete', id: 'note-20' }, { kind: 'put', note: noteAt(20, { revision: 9 }) });
    expect(ids(list)).toEqual(['note-30', 'note-10']);
  });

  it('adds no note beyond what was read', () => {
    expect(ids(after(withMore, { kind: 'put', note: noteAt(5) }))).toEqual(['note-30', 'note-20']);
    expect(ids(after(three, { kind: 'put', note: noteAt(5) }))).toContain('note-5');
  });

  it('orders notes of one instant as the API does', () => {
    const twin = { ...noteAt(30), id: 'note-31' };
    expect(ids(after(three, { kind: 'put', note: twin }))[0]).toBe('note-31');
  });
});

describe('a deletion', () => {
  it('hides the note at once and brings it back when it is refused', () => {
    const leaving = after(three, { kind: 'leave', id: 'note-20' });
    expect(entry(leaving, 'note-20')?.isLeaving).toBe(true);
    expect(entry(after(leaving, { kind: 'stay', id: 'note-20' }), 'note-20')?.isLeaving).toBe(false);
  });

  it('elsewhere leaves what somebody is writing, until they are done', () => {
    const orphaned = after(three, { kind: 'edit', id: 'note-20' }, { kind: 'delete', id: 'note-20' });
    expect(entry(orphaned, 'note-20')).toMatchObject({ isEdited: true, isGone: true });
    expect(ids(after(orphaned, { kind: 'rest', id: 'note-20' }))).toEqual(['note-30', 'note-10']);
  });
});

describe('older notes', () => {
  it('come after those that are known, each once', () => {
    const page = { notes: [noteAt(20), noteAt(10)], nextCursor: null };
    const list = after(withMore, { kind: 'older', page });
    expect(ids(list)).toEqual(['note-30', 'note-20', 'note-10']);
    expect(list.nextCursor).toBeNull();
  });

  it('do not bring back what was deleted while they were read', () => {
    const page = { notes: [noteAt(10)], nextCursor: null };
    expect(ids(after(withMore, { kind: 'delete', id: 'note-10' }, { kind: 'older', page }))).not.toContain('note-10');
  });
});

describe('a fresh reading', () => {
  const page = { notes: [noteAt(40), noteAt(30, { revision: 2 })], nextCursor: null };

  it('drops what is gone and adds what is new', () => {
    expect(ids(after(three, { kind: 'fresh', page }))).toEqual(['note-40', 'note-30']);
  });

  it('does not undo what is known to be newer', () => {
    const newer = noteAt(30, { revision: 3, title: 'Newest' });
    const list = after(three, { kind: 'put', note: newer }, { kind: 'fresh', page });
    expect(entry(list, 'note-30')?.note).toEqual(newer);
  });

  it('does not bring back what was deleted while it was read', () => {
    expect(ids(after(three, { kind: 'delete', id: 'note-30' }, { kind: 'fresh', page }))).toEqual(['note-40']);
  });

  it('keeps what somebody is writing, and says that its note is gone', () => {
    const list = after(three, { kind: 'edit', id: 'note-10' }, { kind: 'fresh', page });
    expect(entry(list, 'note-10')).toMatchObject({ isEdited: true, isGone: true });
  });

  it('takes no word from being too short to reach a note', () => {
    const short = { notes: [noteAt(40), noteAt(30)], nextCursor: 'older' };
    const list = after(three, { kind: 'edit', id: 'note-10' }, { kind: 'fresh', page: short });
    expect(ids(list)).toEqual(['note-40', 'note-30', 'note-10']);
    expect(entry(list, 'note-10')?.isGone).toBe(false);
  });

  it('is made good by later word of a note that it missed', () => {
    const list = after(
      three,
      { kind: 'edit', id: 'note-20' },
      { kind: 'fresh', page },
      { kind: 'put', note: noteAt(20) },
    );
    expect(entry(list, 'note-20')).toMatchObject({ isEdited: true, isGone: false });
  });
});
