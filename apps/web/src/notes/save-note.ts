/** Saves what somebody has written, unless it would overwrite what somebody else has. */
import type { Note, NoteDraft } from '@footbridge/contracts';
import type { Answer } from './answer.ts';
import { changeNote, readNote } from './notes-api.ts';

/** Whether two versions read the same. A file that was attached meanwhile changes a note, but not what it says. */
export function readsTheSame(left: NoteDraft, right: NoteDraft): boolean {
  return left.title === right.title && left.body === right.body;
}

/** What saving comes to. `conflict`: the note was changed meanwhile, to `note`, or is gone. */
export type Saving = Answer<Note> | { readonly kind: 'conflict'; readonly note: Note | undefined };

/** Saves a draft that was written over the version `seen`. Never rejects. */
export async function saveNote(seen: Note, draft: NoteDraft): Promise<Saving> {
  const answer = await changeNote(seen.id, seen.revision, draft);
  if (isRefused(answer, 'not_found')) return { kind: 'conflict', note: undefined };
  if (!isRefused(answer, 'precondition_failed')) return answer;
  const current = await readNote(seen.id);
  if (isRefused(current, 'not_found')) return { kind: 'conflict', note: undefined };
  if (current.kind !== 'ok') return current;
  const isOnlyAttachment = readsTheSame(current.data, seen);
  return isOnlyAttachment ? saveNote(current.data, draft) : { kind: 'conflict', note: current.data };
}

function isRefused(answer: Answer<Note>, code: 'not_found' | 'precondition_failed'): boolean {
  return answer.kind === 'refused' && answer.code === code;
}
