/** Reads server-sent events as they arrive (HTML, section 9.2.6: interpreting an event stream). */
import { FeedError } from './feed-error.ts';

/** What a stream says: an event, or a comment, which means nothing but that the sender lives. */
export type StreamItem =
  | {
      readonly kind: 'event';
      /** The name of the event, `message` when the sender gave none. */
      readonly type: string;
      readonly data: string;
      /** The last id that the stream named, empty before the first. */
      readonly id: string;
    }
  | { readonly kind: 'comment' };

/** Takes the stream piece by piece, however it was cut, and gives what each piece completed. */
export interface EventStreamParser {
  /** Throws `FeedError` when the sender makes us hold more than the limit. */
  push(text: string): readonly StreamItem[];
}

const mostHeldCharacters = 65_536;

/** A parser for one stream. An event that the end of the stream cuts off is never given. */
export function createEventStreamParser(): EventStreamParser {
  const interpreter = createInterpreter();
  let rest = '';
  let endedInCarriageReturn = false;

  return {
    push(text) {
      const items: StreamItem[] = [];
      // A line that ended in CR was given at once; an LF that comes after it belongs to the same line break.
      const fresh = endedInCarriageReturn && text.startsWith('\n') ? text.slice(1) : text;
      let start = 0;
      for (const lineBreak of fresh.matchAll(/\r\n?|\n/g)) {
        const item = interpreter.line(rest + fresh.slice(start, lineBreak.index));
        if (item) items.push(item);
        rest = '';
        start = lineBreak.index + lineBreak[0].length;
      }
      rest += fresh.slice(start);
      if (rest.length + interpreter.heldCharacters() > mostHeldCharacters) throw new FeedError('an endless event');
      if (text !== '') endedInCarriageReturn = text.endsWith('\r');
      return items;
    },
  };
}

/** Interprets whole lines: fields gather until a blank line makes an event of them. */
function createInterpreter() {
  let type = '';
  let data: string[] = [];
  let held = 0;
  let id = '';

  function dispatch(): StreamItem | undefined {
    const event = { kind: 'event', type: type === '' ? 'message' : type, data: data.join('\n'), id } as const;
    const isEmpty = data.length === 0;
    type = '';
    data = [];
    held = 0;
    return isEmpty ? undefined : event;
  }

  return {
    heldCharacters: () => held,
    line(line: string): StreamItem | undefined {
      if (line === '') return dispatch();
      const { name, value } = fieldOf(line);
      if (name === '') return { kind: 'comment' };
      if (name === 'event') type = value;
      if (name === 'id' && !value.includes('\0')) id = value;
      if (name === 'data') {
        data.push(value);
        held += value.length + 1;
      }
      return undefined;
    },
  };
}

function fieldOf(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}
