/** What the page knows of one's notes, and what each piece of news makes of it. */
import type { Note } from '@footbridge/contracts';

/** One note of the list, and what is happening to it here. */
export interface Entry {
  readonly note: Note;
  /** Somebody is writing: their text must not vanish with the note. */
  readonly isEdited: boolean;
  /** Its deletion is on the way to the API: it is not shown. */
  readonly isLeaving: boolean;
  /** It was deleted elsewhere; it is there for what is being written alone. */
  readonly isGone: boolean;
}

/** The list from new to old, as far as it was read. */
export interface NoteList {
  readonly entries: readonly Entry[];
  /** Where older notes begin; `null` when there are none. */
  readonly nextCursor: string | null;
  /** Ids are never given twice: what is said of these afterwards is old. */
  readonly deleted: ReadonlySet<string>;
}

/** One page, as the API gives it. */
export interface NotesPage {
  readonly notes: readonly Note[];
  readonly nextCursor: string | null;
}

/** What can happen to the list. */
export type NoteListAction =
  /** A note is as it is said to be, unless something newer was said before. */
  | { readonly kind: 'put'; readonly note: Note }
  | { readonly kind: 'delete'; readonly id: string }
  /** Its deletion was asked for, or was refused. */
  | { readonly kind: 'leave' | 'stay'; readonly id: string }
  /** Somebody begins to write, or is done. */
  | { readonly kind: 'edit' | 'rest'; readonly id: string }
  /** Older notes were read. */
  | { readonly kind: 'older'; readonly page: NotesPage }
  /** The list was read anew from its beginning. */
  | { readonly kind: 'fresh'; readonly page: NotesPage };

/** The list that a page begins with. */
export function openList({ notes, nextCursor }: NotesPage): NoteList {
  return { entries: notes.map(entryOf), nextCursor, deleted: new Set() };
}

/** What news makes of the list. */
export function noteList(list: NoteList, action: NoteListAction): NoteList {
  switch (action.kind) {
    case 'put':
      return put(list, action.note);
    case 'delete':
      return remove(list, action.id);
    case 'leave':
    case 'stay':
      return mark(list, action.id, { isLeaving: action.kind === 'leave' });
    case 'edit':
      return mark(list, action.id, { isEdited: true });
    case 'rest':
      return rest(list, action.id);
    case 'older':
      return older(list, action.page);
    case 'fresh':
      return fresh(list, action.page);
  }
}

function entryOf(note: Note): Entry {
  return { note, isEdited: false, isLeaving: false, isGone: false };
}

function put(list: NoteList, note: Note): NoteList {
  const known = list.entries.find((entry) => entry.note.id === note.id);
  const isKnown = known !== undefined && !known.isGone && known.note.revision >= note.revision;
  if (isKnown || list.deleted.has(note.id)) return list;
  if (known) return mark(list, note.id, { note, isGone: false });
  return isBeyond(list, note) ? list : { ...list, entries: inOrder([...list.entries, entryOf(note)]) };
}

function remove(list: NoteList, id: string): NoteList {
  const deleted = new Set([...list.deleted, id]);
  const entries = list.entries.flatMap((entry) => (entry.note.id === id ? orphan(entry) : [entry]));
  return { ...list, entries, deleted };
}

function rest(list: NoteList, id: string): NoteList {
  const entries = list.entries.filter(({ note, isGone }) => note.id !== id || !isGone);
  return mark({ ...list, entries }, id, { isEdited: false });
}

function older(list: NoteList, { notes, nextCursor }: NotesPage): NoteList {
  const known = new Set(list.entries.map(({ note }) => note.id));
  const added = notes.filter(({ id }) => !known.has(id) && !list.deleted.has(id)).map(entryOf);
  return { ...list, entries: inOrder([...list.entries, ...added]), nextCursor };
}

/**
 * Of two words on one note the newer counts, and what is happening to it here goes on. A note that is missing may have
 * been made while the list was read: then there will be word of it yet.
 */
function fresh({ entries, deleted }: NoteList, { notes, nextCursor }: NotesPage): NoteList {
  const known = new Map(entries.map((entry) => [entry.note.id, entry]));
  const read = notes.filter(({ id }) => !deleted.has(id));
  const found = new Set(read.map(({ id }) => id));
  const page = { entries: read.map(entryOf), nextCursor };
  const missing = entries.filter(({ note }) => !found.has(note.id) && !isBeyond(page, note));
  const beyond = entries.filter(({ note, isEdited }) => isEdited && !found.has(note.id) && isBeyond(page, note));
  const merged = read.map((note) => withNote(known.get(note.id), note));
  return { entries: inOrder([...merged, ...missing.flatMap(orphan), ...beyond]), nextCursor, deleted };
}

function withNote(entry: Entry | undefined, note: Note): Entry {
  if (!entry) return entryOf(note);
  return entry.note.revision > note.revision ? entry : { ...entry, note, isGone: false };
}

/** What is left of a note that was deleted elsewhere. */
function orphan(entry: Entry): readonly Entry[] {
  return entry.isEdited ? [{ ...entry, isGone: true }] : [];
}

function mark(list: NoteList, id: string, change: Partial<Entry>): NoteList {
  const entries = list.entries.map((entry) => (entry.note.id === id ? { ...entry, ...change } : entry));
  return { ...list, entries };
}

/** Whether a note is older than everything that was read, while there is more to read. */
function isBeyond({ entries, nextCursor }: Pick<NoteList, 'entries' | 'nextCursor'>, note: Note): boolean {
  const last = entries.at(-1);
  return nextCursor !== null && last !== undefined && newerFirst(last.note, note) < 0;
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((left, right) => newerFirst(left.note, right.note));
}

/** The API's order. */
function newerFirst(left: Note, right: Note): number {
  const [before, after] = [`${left.createdAt} ${left.id}`, `${right.createdAt} ${right.id}`];
  if (before === after) return 0;
  return before > after ? -1 : 1;
}
