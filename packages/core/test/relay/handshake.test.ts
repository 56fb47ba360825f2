import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../src/index.ts';
import { fieldValues } from '../../src/relay/fields.ts';
import { judgeHandshake } from '../../src/relay/handshake.ts';
import { upgrade } from './relayed.ts';

const judge = (changes: Readonly<Record<string, string | null>> = {}, method = 'GET') => {
  const given = Object.entries<string | null>({ ...upgrade, ...changes });
  const fields = given.flatMap(([name, value]): HeaderField[] => (value === null ? [] : [[name, value]]));
  return judgeHandshake(method, fieldValues(fields)).kind;
};

describe('a handshake', () => {
  it.each([{}, { upgrade: 'WebSocket' }, { connection: 'upgrade' }, { upgrade: 'h2c, websocket' }])(
    'is one with %j',
    (changes) => expect(judge(changes)).toBe('handshake'),
  );

  it.each([
    { upgrade: null },
    { upgrade: 'h2c' },
    { upgrade: 'websocketx' },
    { connection: null },
    { connection: 'keep-alive' },
    { 'sec-websocket-key': null },
    { 'sec-websocket-key': '' },
    { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZR==' },
    { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==' },
  ])('is none with %j', (changes) => {
    expect(judge(changes)).toBe('malformed');
  });

  it('is none by another method', () => {
    expect(judge({}, 'POST')).toBe('malformed');
  });

  it.each(['8', '14', '', '13, 8', null])('of version %j is told the right one', (version) => {
    expect(judge({ 'sec-websocket-version': version })).toBe('version');
  });
});
