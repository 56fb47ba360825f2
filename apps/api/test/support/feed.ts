/** A client of the revocation feed that notes down everything it gets. */
import { type Revocation, revocation } from '@footbridge/contracts';
import { vi } from 'vitest';
import { readBlocks } from './event-blocks.ts';
import { basic, policy } from './test-app.ts';

/** One event as it came. */
export interface FeedEvent {
  readonly id: string;
  readonly data: Revocation;
}

/** An open feed. */
export interface Feed {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly FeedEvent[];
  /** Comments so far: the opening one and the heartbeats. */
  comments(): number;
  /** Whether the server has ended it. */
  isOver(): boolean;
  /** Waits until a session is named. */
  tells(sid: string): Promise<FeedEvent>;
  leave(): void;
}

/** Opens the feed. */
export async function openFeed(origin: string, lastEventId?: string): Promise<Feed> {
  const leaving = new AbortController();
  const response = await fetch(`${origin}/api/revocations`, {
    headers: {
      accept: 'text/event-stream',
      authorization: basic(policy.client.id, policy.client.secret),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  const events: FeedEvent[] = [];
  let comments = 0;
  const note = (block: string): void => {
    const [, id, data] = /^event: revoked\nid: (\S+)\ndata: (.+)$/.exec(block) ?? [];
    if (block.startsWith(':')) comments += 1;
    else if (id !== undefined && data !== undefined)
      events.push({ id, data: revocation.strict().parse(JSON.parse(data)) });
    else throw new Error(`not an event: ${block}`);
  };
  const { isOver } = readBlocks(response, note);

  return {
    status: response.status,
    headers: response.headers,
    events,
    comments: () => comments,
    isOver,
    tells: (sid) =>
      vi.waitFor(
        () => {
          const event = events.find(({ data }) => data.sid === sid);
          if (!event) throw new Error('the feed has not named the session');
          return event;
        },
        { timeout: 10_000, interval: 10 },
      ),
    leave: () => leaving.abort(),
  };
}
