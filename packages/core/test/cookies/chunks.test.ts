import { describe, expect, it } from 'vitest';
import { candidateValues, splitValue } from '../../src/cookies/chunks.ts';

const name = '__Host-Http-session';
const attributes = '; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax';

function pairs(...list: readonly (readonly [string, string])[]) {
  return list.map(([suffix, value]) => ({ name: `s${suffix}`, value }));
}

describe('splitValue', () => {
  it('keeps a short value in one cookie', () => {
    expect(splitValue(name, 'abc')).toEqual([{ name, value: 'abc' }]);
  });

  it.each([
    [3_781, 1],
    [3_782, 2],
    [8_000, 3],
    [15_000, 4],
  ])('spreads %i characters over %i cookies and joins them again', (length, count) => {
    const value = Array.from({ length }, (_, index) => String.fromCharCode(65 + (index % 26))).join('');
    const cookies = splitValue(name, value);
    expect(cookies).toHaveLength(count);
    expect(candidateValues(name, cookies)).toEqual([value]);
    for (const cookie of cookies) {
      expect(`${cookie.name}=${cookie.value}${attributes}`.length).toBeLessThan(4096);
    }
  });

  it('refuses a value that needs a fifth cookie', () => {
    expect(() => splitValue(name, 'a'.repeat(16_000))).toThrow(RangeError);
  });
});

describe('candidateValues', () => {
  it.each([
    ['one value', pairs(['', 'a']), ['a']],
    ['every twin in order', pairs(['', 'a'], ['', 'b']), ['a', 'b']],
    ['chunks in number order', pairs(['.1', 'b'], ['.0', 'a'], ['.2', 'c']), ['abc']],
    ['whole and chunked apart', pairs(['.0', 'a'], ['', 'w'], ['.1', 'b']), ['w', 'ab']],
    ['a twin of one chunk', pairs(['.0', 'x'], ['.0', 'a'], ['.1', 'b']), ['xb', 'ab']],
    ['nothing at all', pairs(['x', 'a']), []],
    ['an empty value', pairs(['', '']), []],
    ['a missing first chunk', pairs(['.1', 'b']), []],
    ['a gap', pairs(['.0', 'a'], ['.2', 'c']), []],
    ['an emptied chunk', pairs(['.0', 'a'], ['.1', ''], ['.2', 'c']), []],
    ['a chunk beyond the last', pairs(['.0', 'a'], ['.4', 'e']), ['a']],
    ['a number in another spelling', pairs(['.00', 'a'], ['.+1', 'b']), []],
  ])('reads %s', (_name, cookies, values) => {
    expect(candidateValues('s', cookies)).toEqual(values);
  });
});
