/** Notes for tests. */
import type { Note } from '@footbridge/contracts';

/** The note of a minute: a higher number is a newer note. */
export function noteAt(minute: number, change: Partial<Note> = {}): Note {
  const at = new Date(Date.UTC(2026, 10, 21, 12, minute)).toISOString();
  return {
    id: `note-${minute}`,
    title: `Title ${minute}`,
    body: '',
    revision: 1,
    createdAt: at,
    updatedAt: at,
    attachment: null,
    ...change,
  };
}
