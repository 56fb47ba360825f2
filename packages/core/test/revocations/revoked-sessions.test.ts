import { describe, expect, it } from 'vitest';
import { createRevokedSessions } from '../../src/revocations/revoked-sessions.ts';

function setUp() {
  const clock = { now: 0 };
  const overflow = { times: 0 };
  const sessions = createRevokedSessions({
    retainSeconds: 10,
    capacity: 3,
    now: () => clock.now,
    onOverflow: () => (overflow.times += 1),
  });
  return { clock, overflow, sessions };
}

describe('createRevokedSessions', () => {
  it('knows what it was told and nothing else', () => {
    const { sessions } = setUp();
    sessions.add('session-1');
    expect(['session-1', 'session-', 'session-11', ''].map((sid) => sessions.has(sid))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('takes a repetition for no news', () => {
    const { sessions } = setUp();
    expect([sessions.add('a'), sessions.add('a'), sessions.add('b')]).toEqual([true, false, true]);
    expect(sessions.size()).toBe(2);
  });

  it('forgets a session when no token can name it', () => {
    const { clock, sessions } = setUp();
    sessions.add('a');
    clock.now = 9_999;
    expect([sessions.has('a'), sessions.size()]).toEqual([true, 1]);
    clock.now = 10_000;
    expect([sessions.size(), sessions.has('a')]).toEqual([0, false]);
  });

  it('keeps a session for its time however often it is told', () => {
    const { clock, sessions } = setUp();
    sessions.add('a');
    clock.now = 9_000;
    sessions.add('a');
    sessions.add('b');
    clock.now = 10_000;
    expect([sessions.size(), sessions.has('a'), sessions.has('b')]).toEqual([1, false, true]);
  });

  it('makes room for the new before it drops the old', () => {
    const { clock, overflow, sessions } = setUp();
    for (const sid of ['a', 'b', 'c']) sessions.add(sid);
    clock.now = 10_000;
    sessions.add('d');
    expect([sessions.size(), overflow.times]).toEqual([1, 0]);
  });

  it('drops the oldest beyond its capacity and says so', () => {
    const { overflow, sessions } = setUp();
    for (const sid of ['a', 'b', 'c', 'd', 'e']) sessions.add(sid);
    expect(['a', 'b', 'c', 'd', 'e'].filter((sid) => sessions.has(sid))).toEqual(['c', 'd', 'e']);
    expect(overflow.times).toBe(2);
  });
});
