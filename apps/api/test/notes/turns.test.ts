import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/notes/turns.ts';

describe('turns', () => {
  it('come one after the other for one key', async () => {
    const inTurn = createTurns();
    const log: string[] = [];
    const work = (name: string, ms: number) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await sleep(ms);
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([inTurn('ada', work('one', 20)), inTurn('ada', work('two', 1))]);
    expect(results).toEqual(['one', 'two']);
    expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('of other keys do not wait', async () => {
    const inTurn = createTurns();
    const gate = new AbortController();
    const long = inTurn('ada', () => sleep(30_000, 'late', { signal: gate.signal }).catch(() => 'stopped'));
    expect(await inTurn('bob', async () => 'done')).toBe('done');
    gate.abort();
    expect(await long).toBe('stopped');
  });

  it('go on after one that fails, which fails for its own caller', async () => {
    const inTurn = createTurns();
    const failing = inTurn('ada', async () => {
      throw new RangeError('no');
    });
    const next = inTurn('ada', async () => 'done');
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toBe('done');
  });
});
