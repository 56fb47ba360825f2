/** Where a page of notes ends: an instant and an id, so that what is written meanwhile moves nothing. */
import type { Note } from '@footbridge/contracts';

const grammar = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A place in the list, which runs from new to old. */
export interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

/** The cursor after a note. */
export function cursorAfter({ createdAt, id }: Pick<Note, 'createdAt' | 'id'>): string {
  return `${Date.parse(createdAt)}.${id}`;
}

/** Reads it; `undefined` for anything that no page ended with. */
export function readCursor(text: string): Place | undefined {
  const [, milliseconds, id] = grammar.exec(text) ?? [];
  return milliseconds === undefined || id === undefined ? undefined : { createdAt: new Date(Number(milliseconds)), id };
}
