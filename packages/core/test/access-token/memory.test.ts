import { describe, expect, it } from 'vitest';
import { createMemory } from '../../src/access-token/memory.ts';

function setUp(capacity = 2) {
  const clock = { now: 0 };
  return { clock, memory: createMemory<string>({ capacity, now: () => clock.now }) };
}

describe('createMemory', () => {
  it('forgets when the time is over', () => {
    const { clock, memory } = setUp();
    memory.remember('a', 'A', 10);
    clock.now = 9;
    expect(memory.recall('a')).toBe('A');
    clock.now = 10;
    expect(memory.recall('a')).toBeUndefined();
    clock.now = 0;
    expect(memory.recall('a')).toBeUndefined();
  });

  it('forgets the least recently used beyond its capacity', () => {
    const { memory } = setUp();
    memory.remember('a', 'A', 10);
    memory.remember('b', 'B', 10);
    memory.recall('a');
    memory.remember('c', 'C', 10);
    expect(['a', 'b', 'c'].map((key) => memory.recall(key))).toEqual(['A', undefined, 'C']);
  });

  it('replaces a value without growing', () => {
    const { memory } = setUp();
    memory.remember('a', 'A', 10);
    memory.remember('b', 'B', 10);
    memory.remember('b', 'C', 10);
    expect(['a', 'b'].map((key) => memory.recall(key))).toEqual(['A', 'C']);
  });
});
