import { describe, expect, it } from 'vitest';
import { createMemory } from '../../src/access-token/memory.ts';
import { webDigest } from '../../src/digest.ts';
import { type Bearer, createFindBearer } from '../../src/relay/bearer.ts';
import type { FoundSession } from '../../src/session/read-session.ts';
import { sealedSession, sessionContent } from '../../src/session/session-content.ts';
import { tokens } from '../fixtures/fake-api.ts';
import { claims, epoch, mint } from '../fixtures/issuer.ts';

const anonymous: FoundSession = { authentication: { kind: 'anonymous', reason: 'session_revoked' } };

async function foundSession(sid: string): Promise<FoundSession> {
  const answer = await tokens({ token: await mint({ payload: { ...claims, sid } }) });
  const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt: epoch * 1000 });
  const times = { expiresAt: new Date(content.expiresAt), absoluteExpiresAt: new Date(content.absoluteExpiresAt) };
  const session = sealedSession(content);
  return {
    authentication: {
      kind: 'authenticated',
      user: content.user,
      session: { id: sid, role: 'USER', refreshDue: false, ...times },
    },
    ...(session && { session }),
  };
}

function setUp(first: FoundSession) {
  const clock = { now: epoch * 1000 };
  const state = { found: first, searches: 0 };
  const findBearer = createFindBearer({
    memory: createMemory<Bearer>({ capacity: 2, now: () => clock.now }),
    digest: webDigest,
    findSession: async () => {
      state.searches += 1;
      return state.found;
    },
  });
  return { clock, state, findBearer };
}

describe('createFindBearer', () => {
  it('unseals a cookie once for many calls', async () => {
    const { state, findBearer } = setUp(await foundSession('session-1'));
    const found = await findBearer('session=a', 'session-1');
    expect(found).toEqual({
      kind: 'bearer',
      bearer: { sessionId: 'session-1', accessToken: state.found.session?.content.accessToken },
    });
    expect(await findBearer('session=a', 'session-1')).toEqual(found);
    expect(state.searches).toBe(1);
    await findBearer('session=b', 'session-1');
    expect(state.searches).toBe(2);
  });

  it('gives nobody the token of another session', async () => {
    const { state, findBearer } = setUp(await foundSession('session-1'));
    await findBearer('session=a', 'session-1');
    state.found = await foundSession('session-2');
    expect(await findBearer('session=a', 'session-2')).toMatchObject({ bearer: { sessionId: 'session-2' } });
  });

  it('forgets a token that has expired', async () => {
    const { clock, state, findBearer } = setUp(await foundSession('session-1'));
    await findBearer('session=a', 'session-1');
    clock.now += 900_000;
    await findBearer('session=a', 'session-1');
    expect(state.searches).toBe(2);
  });

  it('has nothing to remember of a session that has ended meanwhile', async () => {
    const { state, findBearer } = setUp(anonymous);
    expect(await findBearer('session=a', 'session-1')).toEqual(anonymous.authentication);
    state.found = { authentication: { kind: 'unavailable' } };
    expect(await findBearer('session=a', 'session-1')).toEqual({ kind: 'unavailable' });
    expect(await findBearer(null, 'session-1')).toEqual({ kind: 'unavailable' });
  });
});
