import { describe, expect, it } from 'vitest';
import { createEventStreamParser, type StreamItem } from '../../src/api/event-stream.ts';
import { FeedError } from '../../src/api/feed-error.ts';

function parse(...pieces: string[]): StreamItem[] {
  const parser = createEventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const event = (data: string, { type = 'message', id = '' } = {}) => ({ kind: 'event', type, data, id });
const comment = { kind: 'comment' };

describe('createEventStreamParser', () => {
  it.each<readonly [string, string, unknown[]]>([
    ['an event', 'event: revoked\nid: 7\ndata: x\n\n', [event('x', { type: 'revoked', id: '7' })]],
    ['fields in any order', 'data: x\nid: 7\nevent: revoked\n\n', [event('x', { type: 'revoked', id: '7' })]],
    ['an event without a name', 'data: x\n\n', [event('x')]],
    ['several lines of data', 'data: a\ndata: b\ndata\n\n', [event('a\nb\n')]],
    ['one leading space at most', 'data:  x\n\ndata:x\n\n', [event(' x'), event('x')]],
    ['colons in a value', 'data: a:b:c\n\n', [event('a:b:c')]],
    ['CR, CRLF and LF alike', 'data: a\r\rdata: b\r\n\r\ndata: c\n\n', [event('a'), event('b'), event('c')]],
    ['mixed line breaks', 'data: a\r\n\rdata: b\n\r', [event('a'), event('b')]],
    ['a comment', ': still here\n', [comment]],
    ['a comment without text', ':\n:\n', [comment, comment]],
    ['a comment within an event', 'data: x\n:\ndata: y\n\n', [comment, event('x\ny')]],
    ['no event without data', 'event: revoked\nid: 7\n\n', []],
    ['no name from an event without data', 'event: revoked\n\ndata: x\n\n', [event('x')]],
    ['an id from an event without data', 'id: 7\n\ndata: x\n\n', [event('x', { id: '7' })]],
    ['an id that stays', 'id: 7\ndata: x\n\ndata: y\n\n', [event('x', { id: '7' }), event('y', { id: '7' })]],
    ['an id taken back', 'id: 7\ndata: x\n\nid\ndata: y\n\n', [event('x', { id: '7' }), event('y')]],
    ['no id with a null character', 'id: 7\0\ndata: x\n\n', [event('x')]],
    ['no unknown field', 'retry: 10\nDATA: x\n data: y\nfoo\n\n', []],
    ['no event that was cut off', 'data: x\n\ndata: y\n', [event('x')]],
    ['blank lines without end', '\n\n\r\n\r\r\n', []],
  ])('reads %s', (_name, text, items) => {
    expect(parse(text)).toEqual(items);
  });

  it('reads the same wherever the stream is cut', () => {
    const text = ':\r\nevent: revoked\rid: 7\r\ndata: ä\ndata: 😀\r\n\r\n: x\r\rdata:y\r\n\n';
    const whole = [comment, event('ä\n😀', { type: 'revoked', id: '7' }), comment, event('y', { id: '7' })];
    expect(parse(text)).toEqual(whole);
    expect(parse(...text)).toEqual(whole);
    for (let cut = 0; cut <= text.length; cut += 1) {
      for (let next = cut; next <= text.length; next += 1) {
        expect(parse(text.slice(0, cut), '', text.slice(cut, next), text.slice(next))).toEqual(whole);
      }
    }
  });

  it('gives a line that ends in CR at once', () => {
    const parser = createEventStreamParser();
    expect(parser.push(': heartbeat\r')).toEqual([comment]);
    expect(parser.push('\n: heartbeat\r')).toEqual([comment]);
  });

  it.each([
    ['one line', ['data: ', ...Array.from({ length: 70 }, () => 'x'.repeat(1_000))]],
    ['many lines', Array.from({ length: 70 }, () => `data: ${'x'.repeat(1_000)}\n`)],
    ['many empty lines of data', Array.from({ length: 70 }, () => 'data\n'.repeat(1_000))],
    ['a comment', [':', ...Array.from({ length: 70 }, () => ' '.repeat(1_000))]],
  ])('refuses an event without end: %s', (_name, pieces) => {
    expect(() => parse(...pieces)).toThrow(FeedError);
  });

  it('reads on for ever in small events', () => {
    expect(parse(...Array.from({ length: 200 }, () => `data: ${'x'.repeat(1_000)}\n\n`))).toHaveLength(200);
  });
});
