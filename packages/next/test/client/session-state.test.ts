import { describe, expect, it } from 'vitest';
import { afterReport, type SessionSnapshot, type SessionState } from '../../src/client/session-state.ts';

const ada = { id: 'ada', email: 'ada@example.com', name: null, role: 'user' };
const bob = { id: 'bob', email: 'bob@example.com', name: null, role: 'user' };
const session = { expiresAt: '2026-11-28T12:00:00.000Z', absoluteExpiresAt: '2026-12-21T12:00:00.000Z' };
const as = (user: typeof ada, endsInSeconds = 60): SessionSnapshot => ({
  status: 'authenticated',
  user,
  session: { ...session, endsInSeconds },
});
const nobody: SessionSnapshot = { status: 'anonymous' };
const silence: SessionSnapshot = { status: 'unknown' };
const ended: SessionState = { status: 'ended', user: ada };
const replaced: SessionState = { status: 'ended', user: ada, successor: bob };

describe('a document', () => {
  it.each<[string, SessionState, SessionSnapshot, SessionState]>([
    ['learns that its session was prolonged', as(ada), as(ada, 90), as(ada, 90)],
    ['keeps its person when the session ends', as(ada), nobody, ended],
    ['keeps its person when somebody else logs in', as(ada), as(bob), replaced],
    ['revives when its person logs in again', ended, as(ada), as(ada)],
    ['revives after somebody else has left', replaced, as(ada), as(ada)],
    ['stays ended when nobody is there', replaced, nobody, ended],
    ['stays ended when somebody else logs in', ended, as(bob), replaced],
    ['learns that somebody logged in', nobody, as(ada), as(ada)],
    ['stays nobody’s', nobody, nobody, nobody],
    ['learns what it did not know', silence, as(ada), as(ada)],
    ['believes no silence when logged in', as(ada), silence, as(ada)],
    ['believes no silence when ended', ended, silence, ended],
    ['believes no silence when nobody’s', nobody, silence, nobody],
  ])('%s', (_what, state, report, expected) => {
    expect(afterReport(state, report)).toEqual(expected);
  });
});
