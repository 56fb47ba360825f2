/** `GET /api/revocations`: which sessions ended before their tokens do, as a snapshot or as a live feed. */
import { type Revocation, revocationEvent } from '@footbridge/contracts';
import type { Request, Response } from 'express';
import { type EventStream, openEventStream, type StreamEvent } from '../http/event-stream.ts';
import type { Handler } from '../http/mount.ts';
import { Refusal } from '../refusal.ts';
import { cursorAfter, cursorAt, readCursor } from '../revocations/cursor.ts';
import type { EndedSession } from '../revocations/revocation-set.ts';
import type { Services } from '../services.ts';

const eventStreamType = 'text/event-stream';
const retryAfterSeconds = 1;
const mostHeldBack = 10_000;

/** Answers JSON, or the feed to a client that accepts server-sent events. */
export function revocations(services: Services): Handler {
  return async (request, response) => {
    services.admitClient(request, response);
    response.vary('Accept');
    const wantsFeed = request.accepts('application/json', eventStreamType) === eventStreamType;
    await (wantsFeed ? feed(request, response, services) : snapshot(response, services));
  };
}

async function snapshot(response: Response, { ledger }: Services): Promise<void> {
  const { ended, readAt } = await ledger.readSince(undefined);
  const last = ended.at(-1);
  const cursor = last ? cursorAfter(last) : cursorAt(readAt);
  response.json({
    success: true,
    message: 'these sessions have ended',
    data: { revocations: ended.map(describe), cursor },
  });
}

/**
 * Watches first, reads the rows then, and sends what came meanwhile last: nothing falls in between. What the reader
 * stands at is left out; what lies shortly before it comes again, for it may have been committed later. While this process
 * cannot hear the others it feeds nobody, for a later event would let a client believe that it has seen the earlier ones.
 */
async function feed(request: Request, response: Response, { ledger, revocationSet, metrics }: Services): Promise<void> {
  if (!revocationSet.isCurrent) throw new Refusal('service_unavailable', { retryAfterSeconds });
  const queue = createQueue();
  const unwatch = revocationSet.watch(queue);
  try {
    const lastEventId = request.get('last-event-id');
    const { ended } = await ledger.readSince(readCursor(lastEventId));
    if (response.destroyed) return unwatch();
    metrics.feeds.inc();
    const stream = openEventStream(response, () => {
      metrics.feeds.dec();
      unwatch();
    });
    if (request.method === 'HEAD') return stream.end();
    await stream.sendAll(ended.map(asEvent).filter(({ id }) => id !== lastEventId));
    queue.release(stream);
  } catch (error) {
    unwatch();
    throw error;
  }
}

/** Holds events back until the stream is ready for them, and passes them on from then on. */
function createQueue() {
  const held: EndedSession[] = [];
  let stream: EventStream | undefined;
  let isOver = false;
  return {
    ended(session: EndedSession): void {
      if (stream) stream.send(asEvent(session));
      else if (held.length < mostHeldBack) held.push(session);
      else isOver = true;
    },
    over(): void {
      isOver = true;
      stream?.end();
    },
    release(ready: EventStream): void {
      for (const session of held) ready.send(asEvent(session));
      if (isOver) ready.end();
      stream = ready;
    },
  };
}

function asEvent(session: EndedSession): StreamEvent {
  return { name: revocationEvent, id: cursorAfter(session), data: describe(session) };
}

function describe({ id, revokedAt }: EndedSession): Revocation {
  return { sid: id, revokedAt: revokedAt.toISOString() };
}
