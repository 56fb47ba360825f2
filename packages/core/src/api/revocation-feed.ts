/** Opens the API's feed of ended sessions: server-sent events over `fetch` (DESIGN section 5.4; HTML, section 9.2). */
import { revocation, revocationEvent } from '@footbridge/contracts';
import { mediaType } from '../body.ts';
import { createEventStreamParser, type StreamItem } from './event-stream.ts';
import { FeedError } from './feed-error.ts';

/** What the feed says. */
export type FeedEvent =
  | {
      readonly kind: 'revoked';
      readonly sid: string;
      /** Milliseconds since the epoch, on the API's clock. */
      readonly revokedAt: number;
      /** Where to go on after this event; empty when the API named no place that a header could carry. */
      readonly cursor: string;
    }
  /** A revocation that cannot be read: it must not stop those that come after it. */
  | { readonly kind: 'unreadable' }
  /** A sign of life. */
  | { readonly kind: 'heartbeat' };

/** From where on to read, and until when. */
export interface OpenFeedOptions {
  /** The cursor of the last event that was seen; everything after it is told again. Absent: everything. */
  readonly lastEventId: string | undefined;
  /** Ends the request, the stream and the connection under it. */
  readonly signal: AbortSignal;
}

/** Opens the feed. Rejects when the answer is not one; the iteration rejects when the connection breaks. */
export type OpenFeed = (options: OpenFeedOptions) => Promise<AsyncIterable<FeedEvent>>;

/** What `createOpenFeed()` takes. */
export interface FeedSource {
  /** The address of the feed itself. */
  readonly url: string;
  /** The `Authorization` header's value: the client credential. */
  readonly authorization: string;
  readonly fetch: typeof fetch;
}

const streamType = 'text/event-stream';

/** The feed of Footbridge's own API. Rejects with `FeedError`, or with what `fetch` rejects with. */
export function createOpenFeed({ url, authorization, fetch }: FeedSource): OpenFeed {
  return async ({ lastEventId, signal }) => {
    const response = await fetch(url, {
      headers: {
        accept: streamType,
        authorization,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      redirect: 'manual', // a followed redirect would carry the client credential to whoever answers it
      cache: 'no-store',
      signal,
    });
    return readFeed(feedBody(response));
  };
}

/** The body of an answer that is a feed. Throws `FeedError` for any other, and lets go of its connection. */
export function feedBody(response: Response): ReadableStream<Uint8Array> {
  const { status, headers, body } = response;
  if (status === 200 && body !== null && mediaType(headers.get('content-type')) === streamType) return body;
  void body?.cancel().catch(() => undefined);
  throw new FeedError(status === 200 ? 'not an event stream' : `status ${status}`);
}

async function* readFeed(body: ReadableStream<Uint8Array>): AsyncGenerator<FeedEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder(); // drops a byte order mark, replaces what is not UTF-8
  const parser = createEventStreamParser();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const item of parser.push(decoder.decode(part.value, { stream: true }))) yield feedEvent(item);
    }
  } finally {
    void reader.cancel().catch(() => undefined); // whoever stops reading frees the connection
  }
}

/** An event of another name is the API's own business, but a sign of life all the same. */
function feedEvent(item: StreamItem): FeedEvent {
  if (item.kind === 'comment' || item.type !== revocationEvent) return { kind: 'heartbeat' };
  const parsed = revocation.safeParse(parseJson(item.data));
  if (!parsed.success) return { kind: 'unreadable' };
  const { sid, revokedAt } = parsed.data;
  return { kind: 'revoked', sid, revokedAt: Date.parse(revokedAt), cursor: headerSafe(item.id) };
}

/** A cursor that no header can carry would make every reconnection fail; without it more is told again. */
function headerSafe(cursor: string): string {
  return /^[\x21-\x7e]{1,256}$/.test(cursor) ? cursor : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
