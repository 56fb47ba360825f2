/** What would live until somebody ends it: event streams and WebSockets. */

/** The open streams of one handler. */
export interface OpenStreams {
  /** Registers how a stream is ended; returns what forgets it. After `endAll()` it is ended at once. */
  add(end: () => void): () => void;
  endAll(): void;
}

/** Makes an empty register. */
export function createOpenStreams(): OpenStreams {
  const ends = new Set<() => void>();
  let isClosing = false;
  return {
    add(end) {
      if (isClosing) end();
      else ends.add(end);
      return () => void ends.delete(end);
    },
    endAll() {
      isClosing = true;
      for (const end of ends) end();
    },
  };
}
