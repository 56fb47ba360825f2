import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedState, followNews, type OpenFeed } from '../../src/notes/follow-news.ts';
import type { NoteNews } from '../../src/notes/note-news.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A feed under the test's control. */
function openableFeed() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
  });
  return {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }),
    say: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
    break: () => controller?.error(new TypeError('network error')),
  };
}

type Feed = ReturnType<typeof openableFeed>;

/** Follows feeds that are handed out one after the other; when they run out, nobody answers. */
function follow(feeds: readonly (Feed | Response)[], lastEventId = '') {
  const abort = new AbortController();
  const [places, news, states]: [string[], NoteNews[], FeedState[]] = [[], [], []];
  const asked: { readonly at: number; readonly after: string }[] = [];
  const open: OpenFeed = async (after, signal) => {
    asked.push({ at: Date.now(), after });
    const feed = feeds[asked.length - 1];
    if (!feed) throw new TypeError('nobody there');
    if (feed instanceof Response) return feed;
    signal.addEventListener('abort', () => feed.break());
    return feed.response;
  };
  const done = followNews({
    lastEventId,
    signal: abort.signal,
    onNews: (piece) => news.push(piece),
    onPlace: (place) => places.push(place),
    onState: (state) => states.push(state),
    random: () => 1,
    open,
  });
  return { asked, news, places, states, done, stop: () => abort.abort() };
}

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe('followNews', () => {
  it('has the list read anew when it begins without a place', async () => {
    const following = follow([openableFeed()]);
    await pass();
    expect(following.news).toEqual([{ kind: 'reset' }]);
    expect(following.states).toEqual(['live']);
    following.stop();
    await following.done;
  });

  it('goes on from the last place when the feed ends', async () => {
    const [first, second] = [openableFeed(), openableFeed()];
    const following = follow([first, second]);
    await pass();
    first.say('id: 7\n\nevent: deleted\nid: 8\ndata: {"id":"x"}\n\n');
    await pass();
    first.end();
    await pass(500);
    expect(following.asked.map(({ after }) => after)).toEqual(['', '8']);
    expect(following.news).toEqual([{ kind: 'reset' }, { kind: 'delete', id: 'x' }]);
    expect(following.states).toEqual(['live', 'lost', 'live']);
    expect(following.places).toEqual(['8']);
    following.stop();
    await following.done;
  });

  it('begins where an earlier one stopped, without a new reading', async () => {
    const following = follow([openableFeed()], '41');
    await pass();
    expect(following.asked[0]?.after).toBe('41');
    expect(following.news).toEqual([]);
    following.stop();
    await following.done;
  });

  it('waits longer and longer for an API that is down, a quarter of a minute at most', async () => {
    const following = follow([]);
    await pass(50_000);
    const pauses = following.asked.slice(1).map(({ at }, index) => at - (following.asked[index]?.at ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    following.stop();
    await following.done;
  });

  it.each([
    ['a refusal', new Response('{}', { status: 401 })],
    ['a page on the way', new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ])('takes %s for no feed, and tries again', async (_name, response) => {
    const following = follow([response, openableFeed()]);
    await pass(500);
    expect(following.states).toEqual(['lost', 'live']);
    following.stop();
    await following.done;
  });

  it('gives up a connection that says nothing', async () => {
    const following = follow([openableFeed(), openableFeed()]);
    await pass(9_999);
    expect(following.asked).toHaveLength(1);
    await pass(501);
    expect(following.asked).toHaveLength(2);
    following.stop();
    await following.done;
  });

  it('gives up one that does not open', async () => {
    let attempts = 0;
    const abort = new AbortController();
    const done = followNews({
      lastEventId: '',
      signal: abort.signal,
      onNews: () => undefined,
      onPlace: () => undefined,
      onState: () => undefined,
      random: () => 1,
      open: async (_after, signal) => {
        attempts += 1;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new TypeError('aborted')));
        });
      },
    });
    await pass(29_999);
    expect(attempts).toBe(1);
    await pass(501);
    expect(attempts).toBe(2);
    abort.abort();
    await done;
  });

  it('stays with one that does no more than live', async () => {
    const feed = openableFeed();
    const following = follow([feed]);
    for (let second = 0; second < 60; second += 1) {
      feed.say(': alive\n\n');
      await pass(1_000);
    }
    expect(following.asked).toHaveLength(1);
    following.stop();
    await following.done;
  });

  it.each(['while it reads', 'while it waits'])('ends at once %s', async (when) => {
    const following = follow(when === 'while it reads' ? [openableFeed()] : []);
    await pass(when === 'while it reads' ? 0 : 10);
    following.stop();
    await following.done;
    await pass(60_000);
    expect(following.asked).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
