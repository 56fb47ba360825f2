import { describe, expect, it } from 'vitest';
import { createEventStreamParser, type StreamEvent } from '../../src/notes/event-stream.ts';

function parse(...pieces: string[]): readonly StreamEvent[] {
  const parser = createEventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const event = (data: string, type = 'message') => ({ type, data });

describe('createEventStreamParser', () => {
  it.each<readonly [string, string, StreamEvent[]]>([
    ['an event', 'event: created\nid: 7\ndata: x\n\n', [event('x', 'created')]],
    ['an event without a name', 'data: x\n\n', [event('x')]],
    ['several lines of data', 'data: a\ndata: b\ndata\n\n', [event('a\nb\n')]],
    ['one leading space at most', 'data:  x\n\ndata:x\n\n', [event(' x'), event('x')]],
    ['colons in a value', 'data: a:b:c\n\n', [event('a:b:c')]],
    [
      'CRLF, LF and CR alike',
      'data: a\r\n\r\ndata: b\n\ndata: c\r\rdata: d\n\n',
      'abcd'.split('').map((c) => event(c)),
    ],
    ['a comment within an event', 'data: x\n: alive\ndata: y\n\n', [event('x\ny')]],
    ['no event without data', 'event: created\nid: 7\n\n', []],
    ['no name from an event without data', 'event: created\n\ndata: x\n\n', [event('x')]],
    ['no unknown field', 'retry: 10\nDATA: x\n data: y\nfoo\n\n', []],
    ['no event that was cut off', 'data: x\n\ndata: y\n', [event('x')]],
  ])('reads %s', (_name, text, events) => {
    expect(parse(text)).toEqual(events);
  });

  it('reads the same wherever the stream is cut', () => {
    const text = ':\r\nevent: created\nid: 7\r\ndata: ä\ndata: 😀\r\n\r\n: x\n\ndata:y\r\n\n';
    const whole = [event('ä\n😀', 'created'), event('y')];
    expect(parse(...text)).toEqual(whole);
    for (let cut = 0; cut <= text.length; cut += 1) {
      for (let next = cut; next <= text.length; next += 1) {
        expect(parse(text.slice(0, cut), '', text.slice(cut, next), text.slice(next))).toEqual(whole);
      }
    }
  });

  it.each([
    ['nothing before the first', 'data: x\n\n', ''],
    ['the id of an event', 'id: 7\ndata: x\n\n', '7'],
    ['an id that marks a place without an event', 'id: 7\n\n', '7'],
    ['no id of a block that is not complete', 'id: 7\n\nid: 8\ndata: x\n', '7'],
    ['no id with a null character', 'id: 7\n\nid: 8\0\n\n', '7'],
    ['an id taken back', 'id: 7\n\nid\n\n', ''],
  ])('remembers %s', (_name, text, id) => {
    const parser = createEventStreamParser();
    parser.push(text);
    expect(parser.lastEventId()).toBe(id);
  });

  it('keeps the place that an earlier stream reached', () => {
    const parser = createEventStreamParser('41');
    parser.push('data: x\n\n');
    expect(parser.lastEventId()).toBe('41');
  });
});
