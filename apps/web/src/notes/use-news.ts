/** Writes news from the feed into the list; after a reset the list is read anew. */
import { useCallback, useEffect, useRef } from 'react';
import type { NoteNews } from './note-news.ts';
import type { Notebook } from './notebook.ts';
import { readPage } from './notes-api.ts';

/** Where the list begins, and how many of its notes are known. */
export interface Reach {
  readonly cursor: string | undefined;
  readonly known: number;
}

const usualPageSize = 20;
const longestPageSize = 100;

/** A listener that stays the same for as long as the page begins at the same place. */
export function useNews({ dispatch, say }: Notebook, { cursor, known }: Reach): (news: NoteNews) => void {
  const size = useRef(usualPageSize);
  useEffect(() => {
    size.current = Math.min(Math.max(known, usualPageSize), longestPageSize);
  }, [known]);

  const readAnew = useCallback(async () => {
    const answer = await readPage({ cursor, limit: size.current });
    if (answer.kind === 'ok') dispatch({ kind: 'fresh', page: answer.data });
    else if (answer.kind !== 'over') say('The list may be out of date: it cannot be read right now.');
  }, [dispatch, say, cursor]);

  return useCallback(
    (news) => {
      if (news.kind === 'reset') void readAnew();
      else dispatch(news);
    },
    [dispatch, readAnew],
  );
}
