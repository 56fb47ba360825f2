/** `GET /api/notes/events`: one's own changes as server-sent events, for as long as the session goes on. */
import type { Response } from 'express';
import { eventLog } from '../../http/access-log.ts';
import type { Bearer } from '../../http/bearer.ts';
import { type EventStream, openEventStream, type StreamEvent } from '../../http/event-stream.ts';
import type { Handler } from '../../http/mount.ts';
import type { FeedEvent, NoteFeed } from '../../notes/feed.ts';
import type { Follower } from '../../notes/followers.ts';
import { Refusal } from '../../refusal.ts';
import type { Services } from '../../services.ts';

const retryAfterSeconds = 1;
const longestMs = 15 * 60 * 1000; // whoever stays longer comes back, with a token that is good then

/** Goes on after `Last-Event-ID` as far as changes are remembered; begins with a `reset` where they are not. */
export function noteEvents(services: Services): Handler {
  const { admitBearer, noteFeed, revocationSet, logger } = services;
  return async (request, response) => {
    const bearer = await admitBearer(request);
    const position = await noteFeed.start(bearer.userId, request.get('last-event-id'));
    if (revocationSet.has(bearer.sessionId)) throw new Refusal('session_revoked');
    // A process that cannot hear the others would go on telling a session that has ended.
    if (!revocationSet.isCurrent) throw new Refusal('service_unavailable', { retryAfterSeconds });
    if (response.destroyed) return;

    const { stream, follower } = open(response, bearer, services);
    if (request.method === 'HEAD') return stream.end();
    try {
      await tell({ stream, follower, userId: bearer.userId, position }, noteFeed);
    } catch (err) {
      eventLog(logger, response).warn({ err }, 'stream_broken');
      stream.end();
    }
  };
}

/** Opens the stream, and sees to it that it ends: with the session, with this process, or after a while. */
function open(response: Response, bearer: Bearer, { noteFollowers, revocationSet }: Services) {
  const follower = noteFollowers.follow(bearer.userId);
  const stream = openEventStream(response, () => {
    unwatch();
    clearTimeout(life);
    follower.leave();
  });
  const unwatch = revocationSet.watch({
    ended: ({ id }) => {
      if (id === bearer.sessionId) stream.end();
    },
    over: () => stream.end(),
  });
  const life = setTimeout(() => stream.end(), longestMs);
  return { stream, follower };
}

interface Reader {
  readonly stream: EventStream;
  readonly follower: Follower;
  readonly userId: string;
  readonly position: number;
}

/** Reads the rows whenever there is word of news: they alone tell what happened, and in which order. */
async function tell({ stream, follower, userId, position }: Reader, feed: NoteFeed): Promise<void> {
  if (position >= 0) stream.mark(String(position)); // a reader who leaves before the first event knows where it stood
  let after = position;
  for (;;) {
    const page = await feed.read(userId, after);
    await stream.sendAll(page.events.map(asEvent));
    after = page.position;
    if (page.isAll && !(await follower.next())) return;
  }
}

function asEvent(event: FeedEvent): StreamEvent {
  return { name: event.kind, id: String(event.position), data: dataOf(event) };
}

function dataOf(event: FeedEvent): object {
  switch (event.kind) {
    case 'deleted':
      return { id: event.id };
    case 'reset':
      return {};
    case 'created':
    case 'updated':
    case 'attachment':
      return { note: event.note };
  }
}
