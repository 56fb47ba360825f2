/** Stays with the feed of one's notes: reads it, and when it ends or breaks, goes on where it stood. */
import { apiFetch } from '@footbridge/next/client';
import { type NoteNews, readNews } from './note-news.ts';

/** Whether news arrives right now. */
export type FeedState = 'connecting' | 'live' | 'lost';

/** Whom to tell, and until when. */
export interface FollowOptions {
  /** The place that an earlier reading reached; empty to begin with what is new. */
  readonly lastEventId: string;
  readonly onNews: (news: NoteNews) => void;
  /** The place to go on from another time. */
  readonly onPlace: (lastEventId: string) => void;
  readonly onState: (state: FeedState) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Opens the feed. Default: the API's. */
  readonly open?: OpenFeed;
  /** Default `Math.random`. */
  readonly random?: () => number;
}

/** A request for the feed after a place. */
export type OpenFeed = (lastEventId: string, signal: AbortSignal) => Promise<Response>;

const firstPauseMs = 500;
const longestPauseMs = 15_000;
const openingMs = 30_000;
const silenceMs = 10_000; // the feed says something every second
const steadyMs = 5_000; // what lasted less was no good sign

/**
 * Follows until the signal ends it; never rejects. A reading that cannot go on from a place begins with a `reset`, for
 * what happened before it opened is not in it.
 */
export async function followNews(options: FollowOptions): Promise<void> {
  const { signal, onState, random = Math.random } = options;
  let place = options.lastEventId;
  const onPlace = (lastEventId: string): void => {
    if (lastEventId !== place) options.onPlace(lastEventId);
    place = lastEventId;
  };
  let attempt = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    await readOnce({ ...options, lastEventId: place, onPlace });
    if (signal.aborted) return;
    onState('lost');
    attempt = performance.now() - startedAt > steadyMs ? 1 : attempt + 1;
    const longest = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
    await pause(longest * (0.5 + random() / 2), signal); // at times of their own, for all readers lose an API at once
  }
}

/** Resolves when the feed is over, or was none. */
async function readOnce({ lastEventId, onNews, onPlace, onState, ...options }: FollowOptions): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const open = options.open ?? openFeed;
  const watch = watchdog(() => silence.abort());
  watch.wait(openingMs);
  try {
    const body = feedBody(await open(lastEventId, signal));
    if (!body) return;
    watch.wait(silenceMs);
    onState('live');
    if (lastEventId === '') onNews({ kind: 'reset' });
    for await (const piece of readNews(body, lastEventId)) {
      watch.wait(silenceMs);
      for (const news of piece.news) onNews(news);
      onPlace(piece.lastEventId);
    }
  } catch {
    // Broken, silent or ended by the signal: the caller sees which.
  } finally {
    watch.stop();
  }
}

function openFeed(lastEventId: string, signal: AbortSignal): Promise<Response> {
  const headers = { accept: 'text/event-stream', ...(lastEventId !== '' && { 'last-event-id': lastEventId }) };
  return apiFetch('/notes/events', { headers, signal });
}

function feedBody({ status, headers, body }: Response): ReadableStream<Uint8Array> | undefined {
  const isFeed = status === 200 && /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  if (isFeed && body !== null) return body;
  void body?.cancel().catch(() => undefined);
  return undefined;
}

/** Barks when nobody makes it wait anew: a connection that has died in its sleep says nothing, for ever. */
function watchdog(bark: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    stop,
    wait(ms: number) {
      stop();
      timer = setTimeout(bark, ms);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
