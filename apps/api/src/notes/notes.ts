/** Notes: short texts that their owner alone can see. Anyone else's is as one that never was. */
import { type Note, type NoteChange, type NoteDraft, noteLimits } from '@footbridge/contracts';
import type { Database, Transaction } from '../database/connect.ts';
import { Refusal } from '../refusal.ts';
import type { Changes } from './changes.ts';
import { cursorAfter, type Place, readCursor } from './cursor.ts';
import { describeNote, noteMembers } from './public-note.ts';

const exportPageSize = 20;

/** A note, as the user names it who says that it is theirs. */
export interface NoteRef {
  readonly userId: string;
  readonly id: string;
}

/** Whether a note may be changed that stands at this revision. */
export type Precondition = (revision: number) => boolean;

/** One page; without a `nextCursor` there is no other. */
export interface NotesPage {
  readonly notes: readonly Note[];
  readonly nextCursor: string | undefined;
}

/** How many notes, after which cursor. */
export interface PageRequest {
  readonly limit: number;
  readonly after: Place | undefined;
}

/** What the rest of the app asks about notes. Whatever names a note is refused with `not_found` if it is not theirs. */
export interface Notes {
  /** The user's notes, newest first. */
  page(userId: string, request: PageRequest): Promise<NotesPage>;
  /** All of them, newest first, never more than a page in memory. */
  all(userId: string): AsyncGenerator<Note>;
  read(ref: NoteRef): Promise<Note>;
  /** Refused with `quota_exceeded` for whoever has a thousand. */
  create(userId: string, draft: NoteDraft): Promise<Note>;
  /** Refused with `precondition_failed` at a revision that the condition does not accept. */
  change(ref: NoteRef, change: NoteChange, condition: Precondition): Promise<Note>;
  /** Deletes a note and what is attached to it, on the same condition. */
  remove(ref: NoteRef, condition: Precondition): Promise<void>;
}

/** `now` gives milliseconds since the epoch. */
export interface NotesOptions {
  readonly database: Database;
  readonly changes: Changes;
  readonly now: () => number;
}

/** Creates the notes module. */
export function createNotes({ database, changes, now }: NotesOptions): Notes {
  const page = async (userId: string, { limit, after }: PageRequest): Promise<NotesPage> => {
    const rows = await database.note.findMany({
      where: { userId, ...(after ? isAfter(after) : {}) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1, // the one too many tells that there is another page
      select: noteMembers,
    });
    const notes = rows.slice(0, limit).map(describeNote);
    const last = notes.at(-1);
    return { notes, nextCursor: rows.length > limit && last ? cursorAfter(last) : undefined };
  };

  return {
    page,

    async *all(userId) {
      let cursor: string | undefined;
      do {
        const after = cursor === undefined ? undefined : readCursor(cursor);
        const { notes, nextCursor } = await page(userId, { limit: exportPageSize, after });
        yield* notes;
        cursor = nextCursor;
      } while (cursor !== undefined);
    },

    async read({ id, userId }) {
      const row = await database.note.findFirst({ where: { id, userId }, select: noteMembers });
      if (!row) throw new Refusal('not_found');
      return describeNote(row);
    },

    async create(userId, draft) {
      await expectRoom(database, userId);
      return changes.make(userId, async (transaction) => {
        await expectRoom(transaction, userId);
        const start = new Date(now());
        const data = { ...draft, userId, createdAt: start, updatedAt: start };
        const note = describeNote(await transaction.note.create({ data, select: noteMembers }));
        return { kind: 'created', noteId: note.id, result: note };
      });
    },

    async change(ref, { title, body }, condition) {
      await expectRevision(database, ref, condition);
      return changes.make(ref.userId, async (transaction) => {
        await expectRevision(transaction, ref, condition);
        const data = {
          ...(title === undefined ? {} : { title }),
          ...(body === undefined ? {} : { body }),
          ...newRevision(now()),
        };
        const note = await transaction.note.update({ where: { id: ref.id }, data, select: noteMembers });
        return { kind: 'updated', noteId: ref.id, result: describeNote(note) };
      });
    },

    async remove(ref, condition) {
      await expectRevision(database, ref, condition);
      await changes.make(ref.userId, async (transaction) => {
        await expectRevision(transaction, ref, condition);
        await transaction.note.delete({ where: { id: ref.id } });
        return { kind: 'deleted', noteId: ref.id, result: undefined };
      });
    },
  };
}

/** What every change does to its note's row. */
export function newRevision(instant: number) {
  return { revision: { increment: 1 }, updatedAt: new Date(instant) } as const;
}

function isAfter({ createdAt, id }: Place) {
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

/**
 * What a change expects is asked twice: before it takes its turn, so that nobody waits for what is refused, and then
 * again, when no other change of this user's notes can make it untrue.
 */
type Rows = Pick<Transaction, 'note'>;

async function expectRoom(rows: Rows, userId: string): Promise<void> {
  const isFull = (await rows.note.count({ where: { userId } })) >= noteLimits.notes;
  if (isFull) throw new Refusal('quota_exceeded');
}

async function expectRevision(rows: Rows, { id, userId }: NoteRef, condition: Precondition): Promise<void> {
  const current = await rows.note.findFirst({ where: { id, userId }, select: { revision: true } });
  if (!current) throw new Refusal('not_found');
  if (!condition(current.revision)) throw new Refusal('precondition_failed');
}
