/** Follows the API's revocation feed for as long as the process lives (DESIGN section 5.4). */
import { FeedError } from '../api/feed-error.ts';
import { networkReason } from '../api/network-reason.ts';
import type { FeedEvent, OpenFeed } from '../api/revocation-feed.ts';
import { startTimer, wait } from './timer.ts';

/** What `createSubscriber()` takes. */
export interface SubscriberOptions {
  readonly openFeed: OpenFeed;
  /** Told of every event and heartbeat, in order. */
  readonly onEvent: (event: FeedEvent) => void;
  /** Told of the end of every attempt and connection; `reason` holds nothing that the API sent. */
  readonly onDown: (reason: string) => void;
  /** From 0 to 1: spreads the processes of a fleet. */
  readonly random: () => number;
  /** A feed that says nothing for this long is dead, whatever its connection looks like. */
  readonly silenceMs: number;
  /** The longest pause before reconnecting; it doubles with every attempt that fails, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** A subscription that can be started and stopped any number of times. Neither throws. */
export interface Subscriber {
  start(): void;
  /** Ends the connection at once. */
  stop(): void;
}

/** Data that came while our own event loop was busy is read before the sender is called silent. */
const secondLookMs = 50;

/** Makes a subscriber. A start after a stop goes on where the last connection ended. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const position: Position = { cursor: undefined };
  let running: AbortController | undefined;
  return {
    start() {
      if (running) return;
      running = new AbortController();
      void follow(position, running.signal, options);
    },
    stop() {
      running?.abort();
      running = undefined;
    },
  };
}

interface Position {
  cursor: string | undefined;
}

/** Never rejects: every failure is the end of one attempt, and the reason for the next. */
async function follow(position: Position, stopped: AbortSignal, options: SubscriberOptions): Promise<void> {
  let failures = 0;
  while (!stopped.aborted) {
    const ended = await readOnce(position, stopped, options);
    if (stopped.aborted) return;
    failures = ended.heard ? 0 : failures + 1;
    options.onDown(ended.reason);
    await wait(pauseMs(failures, options), stopped);
  }
}

interface Ended {
  /** Whether the connection gave any sign of life. */
  readonly heard: boolean;
  readonly reason: string;
}

/** One connection, from opening it to its end: by the API, by a fault, by silence, or by `stop()`. */
async function readOnce(position: Position, stopped: AbortSignal, options: SubscriberOptions): Promise<Ended> {
  const connection = new AbortController();
  const silence = watchSilence(options.silenceMs, () => connection.abort(new FeedError('silence')));
  const disconnect = () => connection.abort(stopped.reason);
  stopped.addEventListener('abort', disconnect, { once: true });
  let heard = false;

  const read = async () => {
    const feed = await options.openFeed({ lastEventId: position.cursor, signal: connection.signal });
    for await (const event of feed) {
      if (connection.signal.aborted) return;
      silence.broken();
      heard = true;
      options.onEvent(event);
      if (event.kind === 'revoked' && event.cursor !== '') position.cursor = event.cursor;
    }
  };
  try {
    await Promise.race([read(), rejectionOf(connection.signal)]);
    return { heard, reason: 'the API ended the stream' };
  } catch (error) {
    return { heard, reason: reasonOf(error) };
  } finally {
    silence.stop();
    stopped.removeEventListener('abort', disconnect);
    connection.abort(); // whatever ended it, nothing stays open
  }
}

/** From a third of the ceiling to the whole of it: the processes of a fleet come back one by one, yet soon. */
function pauseMs(failures: number, { random, firstPauseMs, longestPauseMs }: SubscriberOptions): number {
  const ceiling = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
  return (ceiling * (1 + 2 * random())) / 3;
}

interface Silence {
  /** Something was heard: the time starts anew. */
  broken(): void;
  stop(): void;
}

function watchSilence(silenceMs: number, onSilence: () => void): Silence {
  const lookAgain = () => {
    cancel = startTimer(secondLookMs, onSilence);
  };
  let cancel = startTimer(silenceMs, lookAgain);
  return {
    broken() {
      cancel();
      cancel = startTimer(silenceMs, lookAgain);
    },
    stop: () => cancel(),
  };
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof FeedError ? error.message : networkReason(error);
}
