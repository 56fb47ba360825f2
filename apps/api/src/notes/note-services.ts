/** Wires the sample resource from the store and the clock. */
import type { Database } from '../database/connect.ts';
import { type Attachments, createAttachments } from './attachments.ts';
import { createChanges } from './changes.ts';
import { createNoteFeed, type NoteFeed } from './feed.ts';
import { createFollowers, type Followers } from './followers.ts';
import { createNotes, type Notes } from './notes.ts';

/** What the endpoints of notes are made from. */
export interface NoteServices {
  readonly notes: Notes;
  readonly attachments: Attachments;
  readonly noteFeed: NoteFeed;
  readonly noteFollowers: Followers;
}

/** `now` gives milliseconds since the epoch. */
export interface NoteServicesOptions {
  readonly database: Database;
  readonly now: () => number;
}

/** Creates the services. */
export function createNoteServices({ database, now }: NoteServicesOptions): NoteServices {
  const noteFollowers = createFollowers();
  const changes = createChanges({ database, followers: noteFollowers });
  return {
    notes: createNotes({ database, changes, now }),
    attachments: createAttachments({ database, changes, now }),
    noteFeed: createNoteFeed({ database, changes }),
    noteFollowers,
  };
}
