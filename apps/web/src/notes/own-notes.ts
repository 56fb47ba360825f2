/** The data access layer of one's own notes, for the server: each function asks the API, and says what came of it. */
import { type NoteDraft, notesAnswer } from '@footbridge/contracts';
import type { ApiAnswer } from '../api-answer.ts';
import { askApi } from '../ask-api.ts';
import type { NotesPage } from './note-list.ts';

/** A page of the list, or why there is none. */
export type OwnNotes =
  | { readonly kind: 'listed'; readonly page: NotesPage }
  | { readonly kind: 'over' | 'unavailable' };

/** Newest first. `cursor` may be any text that stands in an address; one that is not the API's is none. */
export async function listNotes(cursor?: string): Promise<OwnNotes> {
  const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
  const answer = await askApi(`/api/notes${query}`);
  if (answer.kind === 'over') return { kind: 'over' };
  if (answer.kind === 'refused' && cursor !== undefined) return listNotes();
  const list = notesAnswer.safeParse(answer.kind === 'ok' ? answer.body : undefined);
  return list.success ? { kind: 'listed', page: list.data.data } : { kind: 'unavailable' };
}

/** Stores a new note. */
export function createOwnNote(draft: NoteDraft): Promise<ApiAnswer> {
  return askApi('/api/notes', { method: 'POST', json: draft });
}
