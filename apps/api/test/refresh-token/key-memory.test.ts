import { describe, expect, it } from 'vitest';
import { createKeyMemory } from '../../src/refresh-token/key-memory.ts';

const keys = (byte: number) => ({ secret: Uint8Array.of(byte), keyId: 'key' });

describe('key memory', () => {
  it('forgets the longest unused session when it is full', () => {
    const memory = createKeyMemory(2);
    memory.set('a', keys(1));
    memory.set('b', keys(2));
    expect(memory.get('a')).toEqual(keys(1));
    memory.set('c', keys(3));
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([keys(1), undefined, keys(3)]);
  });

  it('takes one place for one session', () => {
    const memory = createKeyMemory(2);
    memory.set('a', keys(1));
    memory.set('b', keys(2));
    memory.set('b', keys(4));
    expect([memory.get('a'), memory.get('b')]).toEqual([keys(1), keys(4)]);
  });

  it('keeps nothing of a row but the keys', () => {
    const memory = createKeyMemory(1);
    memory.set('a', { ...keys(1), userId: 'somebody' } as ReturnType<typeof keys>);
    expect(memory.get('a')).toEqual(keys(1));
  });
});
