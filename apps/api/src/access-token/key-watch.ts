/** Looks after the signing keys of a running instance: what no notification told is read from the rows now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import type { SigningKeys } from './signing-keys.ts';

const defaultIntervalMs = 30_000;

/** Which keys, who is told of failures, and how often the rows are read without being asked: every 30 s by default. */
export interface KeyWatchOptions {
  readonly keys: SigningKeys;
  readonly logger: Logger;
  readonly intervalMs?: number;
}

/** A watch at work. */
export interface KeyWatch {
  /** Reads the rows now: they may have changed. Never rejects. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Starts watching. A shared secret needs none. */
export function watchSigningKeys({ keys, logger, intervalMs = defaultIntervalMs }: KeyWatchOptions): KeyWatch {
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    if (keys.algorithm !== 'ES256' || stop.signal.aborted) return;
    const before = idsOf(keys);
    try {
      await keys.reread();
    } catch (err) {
      if (!stop.signal.aborted) logger.warn({ err }, 'signing_keys_unread');
      return;
    }
    const after = idsOf(keys);
    if (after.join() !== before.join()) logger.info({ kids: after }, 'signing_keys_changed');
  };
  const keepLooking = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await sleep(intervalMs, undefined, { signal: stop.signal, ref: false }).catch(() => {});
      await look();
    }
  };
  const finished = keepLooking();
  return {
    look,
    close: () => {
      stop.abort();
      return finished;
    },
  };
}

function idsOf({ keySet }: SigningKeys): string[] {
  return keySet.keys.map(({ kid }) => kid);
}
