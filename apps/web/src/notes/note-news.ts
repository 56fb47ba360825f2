/** News of one's notes, as the API's feed tells it. */
import type { Note, NoteEvent } from '@footbridge/contracts';
import { isObject } from './answer.ts';
import { createEventStreamParser, type StreamEvent } from './event-stream.ts';
import { isNote } from './notes-api.ts';

/** What the feed says. After a reset only a new reading of the list tells how things are. */
export type NoteNews =
  | { readonly kind: 'put'; readonly note: Note }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'reset' };

/** What one piece of the stream brought: news, possibly none, and where to go on after it. */
export interface NewsPiece {
  readonly news: readonly NoteNews[];
  /** Empty while the feed has named no place. */
  readonly lastEventId: string;
}

/** Reads a feed's body until it ends. Rejects when the connection breaks. A comment makes an empty piece: a sign of life. */
export async function* readNews(
  body: ReadableStream<Uint8Array>,
  lastEventId: string,
): AsyncGenerator<NewsPiece, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder(); // drops a byte order mark, replaces what is not UTF-8
  const parser = createEventStreamParser(lastEventId);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = parser.push(decoder.decode(part.value, { stream: true }));
      yield { news: events.flatMap(newsOf), lastEventId: parser.lastEventId() };
    }
  } finally {
    void reader.cancel().catch(() => undefined); // whoever stops reading frees the connection
  }
}

/** An event that is not ours says nothing; one of ours that cannot be read says that something was missed. */
function newsOf({ type, data }: StreamEvent): readonly NoteNews[] {
  const kind = isNoteEvent(type) ? type : undefined;
  if (kind === undefined) return [];
  const said = parseJson(data);
  if (kind === 'deleted' && typeof said['id'] === 'string') return [{ kind: 'delete', id: said['id'] }];
  if (kind !== 'deleted' && kind !== 'reset' && isNote(said['note'])) return [{ kind: 'put', note: said['note'] }];
  return [{ kind: 'reset' }];
}

// The type holds the table to the contract's, whose module would bring a schema library along.
const noteEvents: Readonly<Record<NoteEvent, true>> = {
  created: true,
  updated: true,
  deleted: true,
  attachment: true,
  reset: true,
};

function isNoteEvent(type: string): type is NoteEvent {
  return Object.hasOwn(noteEvents, type);
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
