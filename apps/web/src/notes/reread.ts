/** Brings one note of the list up to date, where waiting for news of it will not do. */
import type { Note } from '@footbridge/contracts';
import type { Dispatch } from 'react';
import type { Answer } from './answer.ts';
import type { NoteListAction } from './note-list.ts';
import { readNote } from './notes-api.ts';

/** Reads a note and writes it into the list, or takes out of it one that is gone. Never rejects. */
export async function reread(id: string, dispatch: Dispatch<NoteListAction>): Promise<Answer<Note>> {
  const answer = await readNote(id);
  if (answer.kind === 'ok') dispatch({ kind: 'put', note: answer.data });
  if (answer.kind === 'refused' && answer.code === 'not_found') dispatch({ kind: 'delete', id });
  return answer;
}
