/** One rotation per refresh token at a time, and its result for those who come late (RFC 9700, section 4.14.2). */
import type { Digest } from '../digest.ts';
import type { SealedSession } from '../session/session-content.ts';
import type { RefreshOutcome } from './refresh.ts';

/** A session that a token has led to, and the name of its own refresh token. */
export interface Successor {
  readonly key: string;
  readonly session: SealedSession;
}

/** Keys are digests of whole refresh tokens: whoever holds another token, holds another key. */
export interface Successors {
  /** The newest generation that finished rotations lead to from here. */
  newest(key: string): Successor | undefined;
  isInFlight(key: string): boolean;
  /** Joins the rotation of this token, or starts it. `rotate` must not reject. */
  share(key: string, sessionId: string, rotate: () => Promise<RefreshOutcome>): Promise<RefreshOutcome>;
  /** Drops every generation of a session. */
  forget(sessionId: string): void;
}

/** What `createSuccessors()` takes; `now` is milliseconds since the epoch. */
export interface SuccessorsOptions {
  readonly memoryMs: number;
  /** Number of tokens; the oldest go first. */
  readonly capacity: number;
  readonly digest: Digest;
  readonly now: () => number;
}

interface Entry {
  readonly sessionId: string;
  readonly flight: Promise<RefreshOutcome>;
  /** Once the API has spoken. */
  settled?: { readonly until: number; readonly successor?: Successor };
}

/** Makes the memory. It saves calls; that no session forks rests on the API, whose rotation is idempotent. */
export function createSuccessors({ memoryMs, capacity, digest, now }: SuccessorsOptions): Successors {
  const entries = new Map<string, Entry>();

  function recall(key: string): Entry | undefined {
    const entry = entries.get(key);
    const isOver = entry?.settled !== undefined && now() >= entry.settled.until;
    if (isOver) entries.delete(key);
    return isOver ? undefined : entry;
  }

  /** An outage is nobody's result: the next one tries anew. A newer entry of the same key is not ours to remove. */
  async function settle(key: string, entry: Entry): Promise<void> {
    const outcome = await entry.flight;
    if (outcome.kind === 'unavailable') {
      if (entries.get(key) === entry) entries.delete(key);
      return;
    }
    const until = now() + memoryMs;
    entry.settled = outcome.kind === 'ended' ? { until } : { until, successor: await successorOf(outcome.session) };
  }

  async function successorOf(session: SealedSession): Promise<Successor> {
    return { key: await digest(session.content.refreshToken), session };
  }

  function makeRoom(): void {
    for (const [key, { settled }] of entries) {
      const isOver = settled !== undefined && now() >= settled.until;
      if (!isOver && entries.size < capacity) return;
      entries.delete(key);
    }
  }

  return {
    newest(key) {
      const seen = new Set<Entry>(); // an API that does not rotate leads from a token to itself
      let found: Successor | undefined;
      for (let entry = recall(key); entry?.settled?.successor && !seen.has(entry); entry = recall(found.key)) {
        seen.add(entry);
        found = entry.settled.successor;
      }
      return found;
    },
    isInFlight(key) {
      const entry = entries.get(key);
      return entry !== undefined && entry.settled === undefined;
    },
    share(key, sessionId, rotate) {
      const current = recall(key);
      if (current && current.settled?.successor === undefined) return current.flight;
      makeRoom();
      const entry: Entry = { sessionId, flight: rotate() };
      entries.delete(key); // so that a renewed entry stands last, where the newest are
      entries.set(key, entry);
      void settle(key, entry);
      return entry.flight;
    },
    forget(sessionId) {
      for (const [key, entry] of entries) if (entry.sessionId === sessionId) entries.delete(key);
    },
  };
}
