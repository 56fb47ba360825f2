import { describe, expect, it } from 'vitest';
import { isRefreshDue } from '../../src/session/refresh-due.ts';

describe('isRefreshDue', () => {
  it.each([
    [900_000, 30_000],
    [150_000, 30_000],
    [100_000, 20_000],
    [5_000, 1_000],
    [100, 20],
  ])('of a lifetime of %i ms begins %i ms before the end', (lifetimeMs, marginMs) => {
    const times = { expiresAt: 1_000_000, lifetimeMs };
    expect(isRefreshDue(times, 1_000_000 - marginMs)).toBe(false);
    expect(isRefreshDue(times, 1_000_000 - marginMs + 1)).toBe(true);
    expect(isRefreshDue(times, 1_000_001)).toBe(true);
  });
});
