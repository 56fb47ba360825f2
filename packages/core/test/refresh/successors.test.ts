import { describe, expect, it } from 'vitest';
import type { RefreshOutcome } from '../../src/refresh/refresh.ts';
import { createSuccessors } from '../../src/refresh/successors.ts';
import { type SealedSession, sealedSession } from '../../src/session/session-content.ts';
import { tokens } from '../fixtures/fake-api.ts';
import { epoch, mint } from '../fixtures/issuer.ts';

const answer = await tokens();
const accessToken = await mint();

function session(refreshToken: string): SealedSession {
  const content = {
    accessToken,
    refreshToken,
    user: answer.data.user,
    expiresAt: epoch * 1000,
    absoluteExpiresAt: epoch * 1000,
    apiClockAheadMs: 0,
  };
  const sealed = sealedSession(content);
  if (sealed === undefined) throw new Error('the fixture is no session');
  return sealed;
}

const refreshed = (refreshToken: string): RefreshOutcome => ({ kind: 'refreshed', session: session(refreshToken) });
const unavailable: RefreshOutcome = { kind: 'unavailable' };
const settled = () => new Promise((resolve) => setTimeout(resolve));

function setUp(capacity = 10) {
  const clock = { now: 0 };
  const successors = createSuccessors({ memoryMs: 30, capacity, digest: (text) => text, now: () => clock.now });
  const rotate = (from: string, outcome: RefreshOutcome) => successors.share(from, 's', async () => outcome);
  const newest = (from: string) => successors.newest(from)?.key;
  return { clock, successors, rotate, newest };
}

describe('createSuccessors', () => {
  it('leads from any generation to the newest', async () => {
    const { rotate, newest } = setUp();
    await rotate('a', refreshed('b'));
    await rotate('b', refreshed('c'));
    await settled();
    expect([newest('a'), newest('b'), newest('c')]).toEqual(['c', 'c', undefined]);
  });

  it('ends where a token leads to itself or back', async () => {
    const { rotate, newest } = setUp();
    await rotate('a', refreshed('b'));
    await rotate('b', refreshed('a'));
    await rotate('x', refreshed('x'));
    await settled();
    expect([newest('a'), newest('x')]).toEqual(['a', 'x']);
  });

  it('forgets in time', async () => {
    const { clock, rotate, newest } = setUp();
    await rotate('a', refreshed('b'));
    await settled();
    clock.now = 29;
    expect(newest('a')).toBe('b');
    clock.now = 30;
    expect(newest('a')).toBeUndefined();
  });

  it('remembers the end of a session as well', async () => {
    const { rotate } = setUp();
    const ended: RefreshOutcome = { kind: 'ended', code: 'session_revoked', isToldAlready: false };
    await rotate('a', ended);
    expect(await rotate('a', refreshed('b'))).toBe(ended);
  });

  it('removes of an outage only its own entry', async () => {
    const { successors, rotate, newest } = setUp();
    const letGo: (() => void)[] = [];
    const slow = new Promise<RefreshOutcome>((resolve) => letGo.push(() => resolve(unavailable)));
    const first = successors.share('a', 's', () => slow);
    expect(successors.isInFlight('a')).toBe(true);
    successors.forget('s');
    await rotate('a', refreshed('b'));
    for (const go of letGo) go();
    expect(await first).toBe(unavailable);
    await settled();
    expect(newest('a')).toBe('b');
  });

  it('drops every generation of a session, and no other', async () => {
    const { successors, rotate, newest } = setUp();
    await rotate('a', refreshed('b'));
    await successors.share('x', 'other', async () => refreshed('y'));
    await settled();
    successors.forget('s');
    expect([newest('a'), newest('x')]).toEqual([undefined, 'y']);
  });

  it('is bounded, and lets the oldest go', async () => {
    const { rotate, newest } = setUp(2);
    for (const key of ['a', 'b', 'c']) await rotate(key, refreshed(`${key}${key}`));
    await settled();
    expect(['a', 'b', 'c'].map(newest)).toEqual([undefined, 'bb', 'cc']);
  });
});
