/** Those who serve a session for longer than a moment (a stream, a WebSocket), to be told when it ends. */

/** Listeners by session id. They must not throw. */
export interface EndListeners {
  /** Returns what unsubscribes, which may be called any number of times. */
  add(sid: string, listener: () => void): () => void;
  /** Calls every listener of a session, each once and never again. */
  tell(sid: string): void;
  /** How many sessions are listened for. */
  size(): number;
}

/** Makes the listeners. A session that nobody listens for any more leaves nothing behind. */
export function createEndListeners(): EndListeners {
  const listeners = new Map<string, Set<{ readonly listener: () => void }>>();
  return {
    add(sid, listener) {
      const entry = { listener }; // a listener that is added twice is two
      const ofSession = listeners.get(sid) ?? new Set();
      listeners.set(sid, ofSession.add(entry));
      return () => {
        ofSession.delete(entry);
        if (ofSession.size === 0 && listeners.get(sid) === ofSession) listeners.delete(sid);
      };
    },
    tell(sid) {
      const told = listeners.get(sid) ?? [];
      listeners.delete(sid);
      for (const { listener } of told) listener();
    },
    size: () => listeners.size,
  };
}
