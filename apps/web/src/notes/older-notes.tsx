'use client';
/** What leads to the older notes: a link to a page of them, which with a script are added to this one. */
import { type MouseEvent, useState } from 'react';
import type { Notebook } from './notebook.ts';
import { readPage } from './notes-api.ts';
import { pathAfter } from './paths.ts';
import { sentenceOf } from './problem.ts';

interface OlderNotesProps {
  readonly nextCursor: string | null;
  readonly notebook: Notebook;
}

export function OlderNotes({ nextCursor, notebook: { dispatch, say } }: OlderNotesProps) {
  const [isPending, setPending] = useState(false);
  if (nextCursor === null) return null;

  const read = async (): Promise<void> => {
    setPending(true);
    const answer = await readPage({ cursor: nextCursor });
    setPending(false);
    if (answer.kind !== 'ok') {
      say(sentenceOf(answer));
      return;
    }
    dispatch({ kind: 'older', page: answer.data });
    say('Older notes were added to the list.');
  };

  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // another tab, by the person's choice
    event.preventDefault();
    if (!isPending) void read();
  };

  return (
    <p>
      <a className="button quiet" href={pathAfter(nextCursor)} onClick={follow} aria-disabled={isPending}>
        {isPending ? 'Reading…' : 'Show older notes'}
      </a>
    </p>
  );
}
