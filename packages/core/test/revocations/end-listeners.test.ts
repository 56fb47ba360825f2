import { describe, expect, it } from 'vitest';
import { createEndListeners } from '../../src/revocations/end-listeners.ts';

function setUp() {
  const told: string[] = [];
  const listeners = createEndListeners();
  const add = (sid: string, name: string) => listeners.add(sid, () => told.push(name));
  return { told, listeners, add };
}

describe('createEndListeners', () => {
  it('tells those of one session, in their order, once', () => {
    const { told, listeners, add } = setUp();
    add('a', 'first');
    add('b', 'other');
    add('a', 'second');
    listeners.tell('a');
    listeners.tell('a');
    listeners.tell('c');
    expect([told, listeners.size()]).toEqual([['first', 'second'], 1]);
  });

  it('takes one listener twice for two', () => {
    const { told, listeners } = setUp();
    const listener = () => void told.push('x');
    const unsubscribe = listeners.add('a', listener);
    listeners.add('a', listener);
    unsubscribe();
    listeners.tell('a');
    expect(told).toEqual(['x']);
  });

  it('keeps nothing of a session that nobody listens for', () => {
    const { listeners, add } = setUp();
    const unsubscribes = Array.from({ length: 1000 }, (_, index) => add(`session-${index % 10}`, 'x'));
    expect(listeners.size()).toBe(10);
    for (const unsubscribe of unsubscribes) unsubscribe();
    expect(listeners.size()).toBe(0);
  });

  it('lets a listener unsubscribe itself and others while it is told', () => {
    const { told, listeners, add } = setUp();
    const unsubscribes: (() => void)[] = [];
    listeners.add('a', () => {
      told.push('first');
      for (const unsubscribe of unsubscribes) unsubscribe();
    });
    unsubscribes.push(add('a', 'second'));
    listeners.tell('a');
    expect([told, listeners.size()]).toEqual([['first'], 0]);
  });

  it('does not let a late unsubscription touch a new listener', () => {
    const { told, listeners, add } = setUp();
    const unsubscribe = add('a', 'old');
    listeners.tell('a');
    add('a', 'new');
    unsubscribe();
    listeners.tell('a');
    expect(told).toEqual(['old', 'new']);
  });
});
