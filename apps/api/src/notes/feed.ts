/** What a live feed tells: a user's changes after a position, each with the note as it is now. */
import type { Note } from '@footbridge/contracts';
import type { Database } from '../database/connect.ts';
import type { Changes } from './changes.ts';
import { describeNote, noteMembers } from './public-note.ts';

const positionGrammar = /^\d{1,9}$/;
const unknownPosition = -1; // no change comes after it: reading from there begins with a reset

/** One event. After a reset the reader knows nothing for certain, and should read the notes again. */
export type FeedEvent =
  | { readonly kind: 'created' | 'updated' | 'attachment'; readonly position: number; readonly note: Note }
  | { readonly kind: 'deleted'; readonly position: number; readonly id: string }
  | { readonly kind: 'reset'; readonly position: number };

/** Some events, the position after them, and whether that was all for now. */
export interface FeedPage {
  readonly events: readonly FeedEvent[];
  readonly position: number;
  readonly isAll: boolean;
}

/** The feeds of everybody's notes. */
export interface NoteFeed {
  /** Where a reader stands who names this position, or none: then only what is new is for them. */
  start(userId: string, lastEventId: string | undefined): Promise<number>;
  /** What comes next. A note that is gone by now is told of by its deletion alone. */
  read(userId: string, position: number): Promise<FeedPage>;
}

/** Where the rows are. */
export interface NoteFeedOptions {
  readonly database: Database;
  readonly changes: Changes;
}

/** Creates the feed. */
export function createNoteFeed({ database, changes }: NoteFeedOptions): NoteFeed {
  const notesById = async (userId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Note>> => {
    const rows = await database.note.findMany({ where: { userId, id: { in: [...ids] } }, select: noteMembers });
    return new Map(rows.map((row) => [row.id, describeNote(row)]));
  };

  return {
    async start(userId, lastEventId) {
      const latest = await changes.latest(userId);
      if (!lastEventId) return latest;
      return positionGrammar.test(lastEventId) ? Number(lastEventId) : unknownPosition;
    },

    async read(userId, position) {
      const page = await changes.after(userId, position);
      if (!page) {
        const latest = await changes.latest(userId);
        return { events: [{ kind: 'reset', position: latest }], position: latest, isAll: false };
      }
      const notes = await notesById(userId, [...new Set(page.map((change) => change.noteId))]);
      const events = page.flatMap(({ kind, position, noteId }): FeedEvent[] => {
        if (kind === 'deleted') return [{ kind, position, id: noteId }];
        const note = notes.get(noteId);
        return note ? [{ kind, position, note }] : [];
      });
      return { events, position: page.at(-1)?.position ?? position, isAll: page.length === 0 };
    },
  };
}
