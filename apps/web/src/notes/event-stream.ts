/** Reads server-sent events in the browser (HTML, section 9.2.6): an `EventSource` cannot send the header of our calls. */

/** One event. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
}

/** Takes the stream piece by piece, however it was cut. */
export interface EventStreamParser {
  /** The events that this piece completed. */
  push(text: string): readonly StreamEvent[];
  /** The last id that the stream named in a block that is complete, with data or without; empty before the first. */
  lastEventId(): string;
}

/** A parser for one stream. An event that the end of the stream cuts off is never given. */
export function createEventStreamParser(lastEventId = ''): EventStreamParser {
  const block = { type: '', data: new Array<string>(), id: lastEventId };
  let completeId = lastEventId;
  let rest = '';

  const endBlock = (): readonly StreamEvent[] => {
    const { type, data } = block;
    completeId = block.id;
    block.type = '';
    block.data = [];
    return data.length === 0 ? [] : [{ type: type === '' ? 'message' : type, data: data.join('\n') }];
  };

  const readLine = (line: string): readonly StreamEvent[] => {
    if (line === '') return endBlock();
    const { name, value } = fieldOf(line);
    if (name === 'event') block.type = value;
    if (name === 'data') block.data.push(value);
    if (name === 'id' && !value.includes('\0')) block.id = value;
    return [];
  };

  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/); // a CR at the very end may be half of a line break
      rest = lines.pop() ?? '';
      return lines.flatMap(readLine);
    },
    lastEventId: () => completeId,
  };
}

/** A comment is a field without a name. */
function fieldOf(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}
