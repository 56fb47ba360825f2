/** Hears that notes were changed on other instances: PostgreSQL's LISTEN on a connection of its own, renewed when lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../log.ts';
import { noteChannel } from './changes.ts';
import type { Followers } from './followers.ts';

/** What `pg_stat_activity` calls the connection that listens. */
export const noteListenerName = 'footbridge notes';

const probeMs = 1000;
const patienceMs = 2000; // for the connection, and for each answer on it
const shortestPauseMs = 100;
const longestPauseMs = 1500;

/** Where to listen, and whom to wake. `random` gives 0 to 1, for the pauses between attempts. */
export interface NoteListenerOptions {
  readonly url: string;
  readonly followers: Followers;
  readonly logger: Logger;
  readonly random?: () => number;
}

/** A listener at work. */
export interface NoteListener {
  close(): Promise<void>;
}

/** Starts listening, and goes on until it is closed. Whoever follows notes may miss words meanwhile, but no change. */
export function listenForNoteChanges(options: NoteListenerOptions): NoteListener {
  const stop = new AbortController();
  const ended = keepListening(options, stop.signal);
  return {
    close: () => {
      stop.abort();
      return ended;
    },
  };
}

async function keepListening(options: NoteListenerOptions, signal: AbortSignal): Promise<void> {
  const { logger, random = Math.random } = options;
  while (!signal.aborted) {
    await listen(options, signal).catch((err: unknown) => {
      if (!signal.aborted) logger.warn({ err }, 'note_changes_unheard');
    });
    // Jitter keeps a hundred instances from coming back to a restarted database in the same instant.
    const pauseMs = shortestPauseMs + random() * (longestPauseMs - shortestPauseMs);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Rejects when the connection is lost, or the signal aborts. The rows tell what was missed: everybody reads again. */
async function listen({ url, followers }: NoteListenerOptions, signal: AbortSignal): Promise<never> {
  const client = new Client({
    connectionString: url,
    application_name: noteListenerName,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    keepAlive: true,
  });
  client.on('error', () => {}); // the next probe fails, too
  client.on('notification', ({ payload }) => followers.tell(payload ?? ''));
  try {
    await client.connect();
    await client.query(`LISTEN ${noteChannel}`);
    followers.tellAll();
    for (;;) {
      await sleep(probeMs, undefined, { signal });
      await client.query('SELECT 1');
    }
  } finally {
    void client.end().catch(() => {}); // it may be gone already
  }
}
