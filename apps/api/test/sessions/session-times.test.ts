import { describe, expect, it } from 'vitest';
import { endsOfNewSession, refreshSeconds, secondsUntil } from '../../src/sessions/session-times.ts';

const now = Date.UTC(2026, 10, 21);
const ends = (idleSeconds: number, absoluteSeconds: number): string[] => {
  const { expiresAt, absoluteExpiresAt } = endsOfNewSession(now, { idleSeconds, absoluteSeconds });
  return [expiresAt.toISOString(), absoluteExpiresAt.toISOString()];
};

const promised = (idleMs: number, absoluteMs: number): number =>
  refreshSeconds({ expiresAt: new Date(now + idleMs), absoluteExpiresAt: new Date(now + absoluteMs) }, now);

describe('ends of a new session', () => {
  it.each([
    [60, 120, ['2026-11-21T00:01:00.000Z', '2026-11-21T00:02:00.000Z']],
    [120, 60, ['2026-11-21T00:01:00.000Z', '2026-11-21T00:01:00.000Z']],
    [0.25, 0.5, ['2026-11-21T00:00:00.250Z', '2026-11-21T00:00:00.500Z']],
    [Number.MAX_VALUE, Number.MAX_VALUE, ['9999-12-31T00:00:00.000Z', '9999-12-31T00:00:00.000Z']],
  ])('lets %d idle seconds never pass %d absolute ones', (idle, absolute, expected) => {
    expect(ends(idle, absolute)).toEqual(expected);
  });

  it('never promise a refresh token beyond the absolute end', () => {
    expect(promised(59_990, 90_000)).toBe(60);
    expect(promised(59_990, 59_990)).toBe(59);
    expect(promised(300, 300)).toBe(1);
  });

  it('counts to the nearest second, one at least', () => {
    expect([1499, 1000, 499, 0, -5000].map((ms) => secondsUntil(new Date(now + ms), now))).toEqual([1, 1, 1, 1, 1]);
    expect(secondsUntil(new Date(now + 1998), now)).toBe(2);
  });
});
