/** A bounded memory of what sessions' refresh tokens are made with, so that judging one costs no query. */
import type { SessionKeys } from './token-keys.ts';

/** By session id. The longest unused entry goes first. */
export interface KeyMemory {
  get(sessionId: string): SessionKeys | undefined;
  set(sessionId: string, keys: SessionKeys): void;
}

/** Creates a memory of at most `capacity` sessions. */
export function createKeyMemory(capacity: number): KeyMemory {
  const entries = new Map<string, SessionKeys>(); // a Map keeps insertion order: the first is the longest unused
  return {
    get(sessionId) {
      const keys = entries.get(sessionId);
      if (!keys) return undefined;
      entries.delete(sessionId);
      entries.set(sessionId, keys);
      return keys;
    },

    set(sessionId, { secret, keyId }) {
      entries.delete(sessionId);
      entries.set(sessionId, { secret, keyId });
      const [oldest] = entries.keys();
      if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
    },
  };
}
