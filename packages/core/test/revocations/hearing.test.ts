import { describe, expect, it } from 'vitest';
import { createHearing } from '../../src/revocations/hearing.ts';
import { collect, type LogLine } from '../fixtures/bff.ts';

const heartbeat = { kind: 'heartbeat' } as const;
const revoked = (revokedAt: number) => ({ kind: 'revoked', sid: 'a', revokedAt, cursor: '1' }) as const;

function setUp() {
  const clock = { now: 1_000_000 };
  const lines: LogLine[] = [];
  const hearing = createHearing({ now: () => clock.now, logger: collect(lines), maxStalenessSeconds: 30 });
  return { clock, lines, hearing };
}

describe('staleness', () => {
  it('begins when nothing was ever heard for its time', () => {
    const { clock, hearing } = setUp();
    clock.now += 30_000;
    expect(hearing.isStale()).toBe(false);
    clock.now += 1;
    expect(hearing.isStale()).toBe(true);
  });

  it('counts from creation when the start comes late', () => {
    const { clock, hearing } = setUp();
    clock.now += 30_001;
    hearing.started();
    expect(hearing.isStale()).toBe(true);
  });

  it('counts from the last word, not from its absence being noticed', () => {
    const { clock, hearing } = setUp();
    hearing.started();
    clock.now += 60_000;
    hearing.heard(heartbeat, false);
    clock.now += 2_000;
    hearing.lost('silence');
    clock.now += 28_000;
    expect(hearing.isStale()).toBe(false);
    clock.now += 1;
    expect(hearing.isStale()).toBe(true);
  });

  it('never begins while the feed is live', () => {
    const { clock, hearing } = setUp();
    hearing.started();
    hearing.heard(heartbeat, false);
    clock.now += 3_600_000;
    expect(hearing.isStale()).toBe(false);
  });

  it('ends with the first word', () => {
    const { clock, hearing } = setUp();
    hearing.started();
    clock.now += 60_000;
    expect(hearing.isStale()).toBe(true);
    hearing.heard(heartbeat, false);
    expect(hearing.isStale()).toBe(false);
  });

  it('begins at once when the clock is set back', () => {
    const { clock, hearing } = setUp();
    clock.now -= 3_600_000;
    expect(hearing.isStale()).toBe(true);
  });

  it('begins after a stop as after a loss', () => {
    const { clock, hearing } = setUp();
    hearing.started();
    hearing.heard(heartbeat, false);
    hearing.stopped();
    clock.now += 30_001;
    expect(hearing.isStale()).toBe(true);
  });
});

describe('what the operator is told', () => {
  it('is each change once, with the first reason', () => {
    const { clock, lines, hearing } = setUp();
    hearing.started();
    hearing.lost('ECONNREFUSED');
    hearing.lost('status 401');
    clock.now += 5_000;
    hearing.heard(heartbeat, false);
    hearing.heard(heartbeat, false);
    hearing.lost('silence');
    hearing.lost('ECONNREFUSED');
    expect(lines).toEqual([
      { level: 'warn', event: 'revocation_feed_down', details: { reason: 'ECONNREFUSED' } },
      { level: 'info', event: 'revocation_feed_live', details: { afterMs: 5_000 } },
      { level: 'warn', event: 'revocation_feed_down', details: { reason: 'silence' } },
    ]);
  });

  it('is a revocation that cannot be read', () => {
    const { lines, hearing } = setUp();
    hearing.started();
    hearing.heard({ kind: 'unreadable' }, false);
    expect(lines.map((line) => line.event)).toEqual(['revocation_feed_live', 'revocation_unreadable']);
  });

  it('is since when, by the last word', () => {
    const { clock, hearing } = setUp();
    const steps = [hearing.state()];
    const after = (step: () => void) => {
      clock.now += 1_000;
      step();
      steps.push(hearing.state());
    };
    after(() => hearing.started());
    after(() => hearing.heard(heartbeat, false));
    after(() => hearing.heard(heartbeat, false));
    after(() => hearing.lost('silence'));
    after(() => hearing.stopped());
    after(() => hearing.stopped());
    expect(steps.map(({ kind, since }) => `${kind} ${since - 1_000_000}`)).toEqual([
      'idle 0',
      'down 0',
      'live 2000',
      'live 2000',
      'down 3000',
      'idle 5000',
      'idle 5000',
    ]);
  });

  it('is how late the last news was', () => {
    const { clock, hearing } = setUp();
    hearing.started();
    hearing.heard(revoked(clock.now - 1), true);
    expect(hearing.state().lagMs).toBeUndefined();
    clock.now += 500;
    hearing.heard(revoked(clock.now - 120), true);
    expect(hearing.state().lagMs).toBe(120);
    clock.now += 500;
    hearing.heard(revoked(clock.now - 400), false);
    expect(hearing.state().lagMs).toBe(120);
    hearing.heard(revoked(clock.now + 60_000), true);
    expect(hearing.state().lagMs).toBe(0);
  });
});
