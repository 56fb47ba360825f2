/** What every part of the notes page shares: the list, and a way to say what was done. */
import { type Dispatch, useReducer } from 'react';
import { noteList, type NoteList, type NoteListAction, type NotesPage, openList } from './note-list.ts';
import type { Limits } from './problem.ts';

/** Something that was done, for people who see and for people who hear. */
export interface Message {
  readonly text: string;
  /** Tells the same words said twice apart. */
  readonly number: number;
}

/** Handed to every part. Its functions stay the same from render to render. */
export interface Notebook {
  readonly dispatch: Dispatch<NoteListAction>;
  readonly say: (text: string) => void;
  readonly limits: Limits;
}

/** The list and the last message of one page. */
export interface NotebookState extends Notebook {
  readonly list: NoteList;
  readonly message: Message | undefined;
}

/** Opens the page's notebook with what the server has read. */
export function useNotebook(initial: NotesPage, limits: Limits): NotebookState {
  const [list, dispatch] = useReducer(noteList, initial, openList);
  const [message, say] = useReducer(nextMessage, undefined);
  return { list, dispatch, message, say, limits };
}

function nextMessage(last: Message | undefined, text: string): Message {
  return { text, number: (last?.number ?? 0) + 1 };
}
