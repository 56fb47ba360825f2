import type { Authentication } from '@footbridge/core';
import { describe, expect, it } from 'vitest';
import { sessionSnapshot } from '../src/session-snapshot.ts';

const user = { id: 'ada', email: 'ada@example.com', name: null, role: 'user' };
const now = () => Date.parse('2026-11-21T12:00:00.000Z');
const expiresAt = '2026-11-21T12:01:00.000Z';
const absoluteExpiresAt = '2026-12-21T12:00:00.000Z';
const known = {
  user,
  session: {
    id: 'session-1',
    role: 'user',
    refreshDue: false,
    createdAt: new Date(now()),
    expiresAt: new Date(expiresAt),
    absoluteExpiresAt: new Date(absoluteExpiresAt),
  },
};
const logged: Authentication = { kind: 'authenticated', ...known };
const expired: Authentication = { kind: 'expired', ...known };

describe('what the browser is told', () => {
  it('is who is there, and for how long', () => {
    expect(sessionSnapshot(logged, { canRefresh: true, now })).toEqual({
      status: 'authenticated',
      user,
      session: { expiresAt, absoluteExpiresAt, endsInSeconds: 60 },
    });
  });

  it('counts an access token that can be renewed', () => {
    expect(sessionSnapshot(expired, { canRefresh: true, now })).toMatchObject({ status: 'authenticated', user });
    expect(sessionSnapshot(expired, { canRefresh: false, now })).toEqual({ status: 'anonymous' });
  });

  it('tells silence from nobody', () => {
    expect(sessionSnapshot({ kind: 'unavailable' }, { canRefresh: true })).toEqual({ status: 'unknown' });
    const nobody = { kind: 'anonymous', reason: 'session_revoked' } as const;
    expect(sessionSnapshot(nobody, { canRefresh: true })).toEqual({ status: 'anonymous' });
  });
});
