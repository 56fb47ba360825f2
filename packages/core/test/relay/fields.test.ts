import { describe, expect, it } from 'vitest';
import { fieldValues, passingFields } from '../../src/relay/fields.ts';

describe('fieldValues', () => {
  it('finds names in any case, and nothing that is not there', () => {
    const values = fieldValues([['ACCEPT', '*/*']]);
    expect([values.get('accept'), values.get('cookie'), values.get('constructor')]).toEqual(['*/*', null, null]);
  });

  it('joins repeated fields, cookies as pairs', () => {
    const values = fieldValues([
      ['accept', 'a'],
      ['Cookie', 'a=1'],
      ['Accept', 'b'],
      ['cookie', 'b=2; c=3'],
    ]);
    expect([values.get('accept'), values.get('cookie')]).toEqual(['a, b', 'a=1; b=2; c=3']);
  });

  it('agrees with Headers on everything else', () => {
    const fields: [string, string][] = [
      ['x-a', ''],
      ['X-A', '1'],
      ['x-b', 'x'],
    ];
    const headers = new Headers(fields);
    expect(['x-a', 'x-b', 'x-c'].map((name) => fieldValues(fields).get(name))).toEqual(
      ['x-a', 'x-b', 'x-c'].map((name) => headers.get(name)),
    );
  });
});

it('passes what is asked for, in its order, without what Connection names', () => {
  const fields: [string, string][] = [
    ['B', '1'],
    ['a', '2'],
    ['connection', ' Close ,A'],
    ['b', '3'],
  ];
  expect(passingFields(fields, () => true)).toEqual([
    ['b', '1'],
    ['connection', ' Close ,A'],
    ['b', '3'],
  ]);
});
