/** Remembers what was verified, so that the second page view costs a look-up, not a decryption and a signature check. */

/** Holds values until their time is over, the most recently used ones when there are too many. */
export interface Memory<Value> {
  recall(key: string): Value | undefined;
  /** `until` is milliseconds on this server's clock. */
  remember(key: string, value: Value, until: number): void;
}

/** `capacity` is a number of entries; `now` is milliseconds since the epoch. */
export interface MemoryOptions {
  readonly capacity: number;
  readonly now: () => number;
}

/** A least-recently-used memory on `Map`, whose keys keep the order in which they were set. */
export function createMemory<Value>({ capacity, now }: MemoryOptions): Memory<Value> {
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    recall(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (now() >= entry.until) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    remember(key, value, until) {
      entries.delete(key);
      entries.set(key, { value, until });
      const oldest = entries.size > capacity ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
