/** Keeps the page's list live: follows the feed while somebody is logged in and looks at the page now and then. */
import { useSession } from '@footbridge/next/client';
import { useEffect, useRef, useState } from 'react';
import { type FeedState, followNews } from './follow-news.ts';
import type { NoteNews } from './note-news.ts';

const hiddenPatienceMs = 30_000; // a browser has few connections per host, and a tab that nobody sees needs none

/** How the feed fares; `off` while the page does not follow it. */
export type LiveState = FeedState | 'off';

/** Tells `onNews` of what happens to one's notes, from the mount on. */
export function useLiveNotes(onNews: (news: NoteNews) => void): LiveState {
  const { status } = useSession();
  const [state, setState] = useState<LiveState>('connecting');
  const place = useRef('');
  const isOver = status === 'ended' || status === 'anonymous';

  useEffect(() => {
    if (isOver) return;
    let following: AbortController | undefined;
    const stop = (): void => {
      following?.abort();
      following = undefined;
      setState('off');
    };
    const start = (): void => {
      if (following) return;
      following = new AbortController();
      setState('connecting');
      void followNews({
        lastEventId: place.current,
        onNews,
        onPlace: (lastEventId) => {
          place.current = lastEventId;
        },
        onState: setState,
        signal: following.signal,
      });
    };
    const stopWatching = whenSeen(start, stop);
    return () => {
      stopWatching();
      stop();
    };
  }, [isOver, onNews]);

  return state;
}

/** Calls `seen` now and whenever the page comes into sight, `unseen` when it was out of sight for long. */
function whenSeen(seen: () => void, unseen: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.visibilityState === 'hidden') timer = setTimeout(unseen, hiddenPatienceMs);
    else seen();
  };
  seen();
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
