import { describe, expect, it } from 'vitest';
import { createMemory } from '../../src/access-token/memory.ts';
import { webDigest } from '../../src/digest.ts';
import { type Bearers, type BearersOptions, createBearers, type KnownBearer } from '../../src/relay/bearer.ts';
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

function setUp(first: FoundSession, changes: Partial<BearersOptions> = {}) {
  const clock = { now: epoch * 1000 };
  const state = { found: first, searches: 0, isStale: false, revoked: new Set<string>() };
  const bearers = createBearers({
    memory: createMemory<KnownBearer>({ capacity: 2, now: () => clock.now }),
    digest: webDigest,
    verification: 'local',
    revocationOnStale: 'local',
    revocations: { isStale: () => state.isStale, isRevoked: (sid) => state.revoked.has(sid) },
    now: () => clock.now,
    findSession: async () => {
      state.searches += 1;
      return state.found;
    },
    ...changes,
  });
  const findBearer: Bearers['find'] = (...given) => bearers.find(...given);
  return { clock, state, bearers, findBearer };
}

describe('the bearer of an authenticated session', () => {
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

const digest = (text: string): string => `digest of ${text}`;

async function known(changes: Partial<BearersOptions> = {}) {
  const test = setUp(await foundSession('session-1'), { digest, ...changes });
  await test.findBearer('session=a', 'session-1');
  return test;
}

describe('a bearer from memory', () => {
  it('is there at once, without another search', async () => {
    const { bearers, state } = await known();
    expect(bearers.recall('session=a')).toEqual({
      sessionId: 'session-1',
      accessToken: state.found.session?.content.accessToken,
    });
    expect(state.searches).toBe(1);
  });

  it('is nobody’s but of that very header', async () => {
    const { bearers } = await known();
    expect(bearers.recall('session=b')).toBeUndefined();
    expect(bearers.recall(null)).toBeUndefined();
  });

  it('is not there when the session has ended', async () => {
    const { bearers, state } = await known();
    state.revoked.add('session-1');
    expect(bearers.recall('session=a')).toBeUndefined();
  });

  it('is not there when the token is about to expire', async () => {
    const { bearers, clock } = await known();
    clock.now += 869_000;
    expect(bearers.recall('session=a')).toBeDefined();
    clock.now += 2_000;
    expect(bearers.recall('session=a')).toBeUndefined();
  });

  it('is not there where the API is to be asked each time', async () => {
    const { bearers } = await known({ verification: 'remote' });
    expect(bearers.recall('session=a')).toBeUndefined();
  });

  it('is not there while the API is to be asked because nothing is heard of it', async () => {
    const { bearers, state } = await known({ revocationOnStale: 'remote' });
    expect(bearers.recall('session=a')).toBeDefined();
    state.isStale = true;
    expect(bearers.recall('session=a')).toBeUndefined();
    const trusting = await known();
    trusting.state.isStale = true;
    expect(trusting.bearers.recall('session=a')).toBeDefined();
  });

  it('is not there where digests take a promise', async () => {
    const { bearers } = await known({ digest: webDigest });
    expect(bearers.recall('session=a')).toBeUndefined();
  });
});
