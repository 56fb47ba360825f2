/** News of a refused call, from wherever in the document it was made. Who hears it asks the server what it means. */

const listeners = new Set<() => void>();

/** Tells the provider that a call was answered 401 for good. */
export function tellRefusal(): void {
  for (const hear of listeners) hear();
}

/** Hears of refusals. Returns what stops it. */
export function onRefusal(hear: () => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}
