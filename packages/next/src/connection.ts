/** What the raw connection knew and Next.js hides: who is at the socket's other end, and its router's own headers. */

/** Kept per request by a custom server in an `AsyncLocalStorage` at `globalThis[Symbol.for('footbridge.connection')]`. */
export interface Connection {
  /** Address of the socket's peer. */
  readonly peer: string;
  /** Whether the request carried `rsc`: a fetch of React Server Components. */
  readonly rsc: boolean;
  /** Whether it carried `next-router-prefetch` or `next-router-segment-prefetch`. Absent means that nobody looked. */
  readonly prefetch?: boolean;
}

/** The connection of the request being served; `undefined` where no custom server keeps one (`next start`, serverless). */
export function currentConnection(): Connection | undefined {
  const storage: unknown = Reflect.get(globalThis, Symbol.for('footbridge.connection'));
  const store = isStorage(storage) ? storage.getStore() : undefined;
  return isConnection(store) ? store : undefined;
}

function isStorage(value: unknown): value is { getStore(): unknown } {
  return typeof value === 'object' && value !== null && 'getStore' in value && typeof value.getStore === 'function';
}

function isConnection(value: unknown): value is Connection {
  if (typeof value !== 'object' || value === null) return false;
  const isComplete =
    'peer' in value && typeof value.peer === 'string' && 'rsc' in value && typeof value.rsc === 'boolean';
  return isComplete && (!('prefetch' in value) || typeof value.prefetch === 'boolean');
}
