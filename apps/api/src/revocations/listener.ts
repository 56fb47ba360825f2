/** Hears of the sessions that other instances end: PostgreSQL's LISTEN on a connection of its own, watched and renewed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../log.ts';
import { type Ledger, readNotification, revocationChannel } from './ledger.ts';
import type { RevocationSet } from './revocation-set.ts';

/** What `pg_stat_activity` calls the connection that listens. */
export const listenerName = 'footbridge revocations';

const probeMs = 1000;
const patienceMs = 2000; // for the connection, and for each answer on it
const shortestPauseMs = 100;
const longestPauseMs = 1500;

/** Another channel on the same connection, of which only that there was word on it matters. */
export interface OtherChannel {
  readonly name: string;
  /** Called at every word, and whenever the connection is new: something may have been missed. Must not throw. */
  readonly heard: () => void;
}

/** Where to listen, what to catch up from, and what to feed. `random` gives 0 to 1, for the pauses between attempts. */
export interface ListenerOptions {
  readonly url: string;
  readonly ledger: Ledger;
  readonly set: RevocationSet;
  /** None by default. */
  readonly otherChannels?: readonly OtherChannel[];
  readonly logger: Logger;
  readonly random?: () => number;
}

/** A listener at work. */
export interface Listener {
  close(): Promise<void>;
}

/**
 * Starts listening; gives the listener once the first attempt has succeeded or failed. From then on the set is current
 * exactly while the connection is known to live and everything that was missed has been read. Never rejects.
 */
export async function listenForRevocations(options: ListenerOptions): Promise<Listener> {
  const stop = new AbortController();
  options.set.setCurrent(false);
  const first = await attempt(options, stop.signal);
  const ended = keepListening(options, first, stop.signal);
  return {
    close: () => {
      stop.abort();
      return ended;
    },
  };
}

async function keepListening(options: ListenerOptions, first: Ear | undefined, signal: AbortSignal): Promise<void> {
  const { set, random = Math.random } = options;
  for (let ear = first; ; ear = await attempt(options, signal)) {
    if (ear) await ear.lost;
    set.setCurrent(false);
    if (signal.aborted) return;
    if (ear) options.logger.warn('revocations_unheard');
    // Jitter keeps a hundred instances from coming back to a restarted database in the same instant.
    const pauseMs = shortestPauseMs + random() * (longestPauseMs - shortestPauseMs);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Listens first and reads the rows then, so that nothing falls in between. `undefined` when either fails. */
async function attempt(options: ListenerOptions, signal: AbortSignal): Promise<Ear | undefined> {
  let ear: Ear | undefined;
  try {
    ear = await openEar(options, signal);
    const { ended } = await options.ledger.readSince(undefined);
    options.set.add(ended);
    if (!ear.isLost()) options.set.setCurrent(true);
    for (const { heard } of options.otherChannels ?? []) heard();
    return ear;
  } catch (err) {
    ear?.close();
    if (!signal.aborted) options.logger.warn({ err }, 'revocations_unheard');
    return undefined;
  }
}

/** One connection that listens. `lost` resolves when it breaks, no longer answers, or is closed. */
interface Ear {
  readonly lost: Promise<void>;
  isLost(): boolean;
  close(): void;
}

async function openEar({ url, set, otherChannels = [] }: ListenerOptions, signal: AbortSignal): Promise<Ear> {
  const client = new Client({
    connectionString: url,
    application_name: listenerName,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    keepAlive: true,
  });
  const end = new AbortController();
  const close = (): void => end.abort();
  const lost = new Promise<void>((resolve) => {
    end.signal.addEventListener('abort', () => {
      void client.end().catch(() => {}); // it may be gone already
      resolve();
    });
  });

  client.on('error', close).on('end', close);
  signal.addEventListener('abort', close, { signal: end.signal });
  client.on('notification', ({ channel, payload }) => {
    const ended = channel === revocationChannel ? readNotification(payload) : undefined;
    if (ended) set.add([ended]);
    otherChannels.find(({ name }) => name === channel)?.heard();
  });
  try {
    await client.connect();
    for (const channel of [revocationChannel, ...otherChannels.map(({ name }) => name)]) {
      await client.query(`LISTEN ${channel}`);
    }
  } catch (error) {
    close();
    throw error;
  }
  void keepProbing(client, end.signal).finally(close);
  return { lost, isLost: () => end.signal.aborted, close };
}

/** A peer that vanished without a word shows only in not answering. Returns when it does, or when the signal aborts. */
async function keepProbing(client: Client, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(probeMs, undefined, { signal });
      await client.query('SELECT 1');
    }
  } catch {
    // Either way this connection is over.
  }
}
