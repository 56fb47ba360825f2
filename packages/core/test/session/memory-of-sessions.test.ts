import { describe, expect, it } from 'vitest';
import { createMemory } from '../../src/access-token/memory.ts';
import { storeCookies } from '../../src/cookies/header.ts';
import { type KeyLookup, localKeys, type SigningKeys } from '../../src/index.ts';
import { cookiePolicy } from '../../src/cookies/policy.ts';
import { silentLogger } from '../../src/logger.ts';
import { createSeal } from '../../src/seal.ts';
import { type Digest, webDigest } from '../../src/digest.ts';
import { createJudge, type KnownSession } from '../../src/session/authentication.ts';
import { createAuthenticate } from '../../src/session/read-session.ts';
import { createSealedCookie } from '../../src/session/sealed-cookie.ts';
import { type SessionContent, sessionContent } from '../../src/session/session-content.ts';
import { publicOrigin, secret } from '../fixtures/bff.ts';
import { tokens } from '../fixtures/fake-api.ts';
import { audience, epoch, issuer, jwks } from '../fixtures/issuer.ts';

async function setUp({ digest, ...changes }: Partial<SessionContent> & { digest?: Digest } = {}) {
  const clock = { now: epoch * 1000 };
  const now = () => clock.now;
  const counted = { verifications: 0 };
  const genuine = localKeys(jwks);
  const keys: SigningKeys = {
    algorithm: 'ES256',
    find(kid): Promise<KeyLookup> {
      counted.verifications += 1;
      return genuine.find(kid);
    },
  };
  const cookie = createSealedCookie({
    policy: cookiePolicy({ publicOrigin }),
    seal: createSeal({ secrets: [secret], purpose: 'test', now }),
    now,
  });
  const content = { ...sessionContent(await tokens(), { issuedAtSeconds: epoch, receivedAt: now() }), ...changes };
  const header = storeCookies(null, await cookie.write(content, null));
  const memory = createMemory<KnownSession>({ capacity: 10, now });
  const revoked = new Set<string>();
  const revocations = { isRevoked: (sid: string) => revoked.has(sid), isStale: () => false };
  const judge = createJudge({
    cookie,
    issuer,
    audience,
    keys,
    memory,
    revocations,
    now,
    digest: digest ?? webDigest,
    logger: silentLogger,
  });
  const authenticate = createAuthenticate({
    cookie,
    judge,
    revocations,
    verification: 'local',
    revocationOnStale: 'local',
    remoteVerify: () => Promise.reject(new Error('nobody is to be asked')),
    newRequestId: () => 'made-request-id',
  });
  return { authenticate, judge, counted, clock, revoked, header: header ?? '' };
}

describe('the memory of verified sessions', () => {
  it('saves the second page view a verification', async () => {
    const { authenticate, counted, header } = await setUp();
    const first = await authenticate(header);
    expect(await authenticate(header)).toEqual(first);
    expect(counted.verifications).toBe(1);
  });

  it('is asked at once where the digest is synchronous', async () => {
    const { authenticate, judge, header } = await setUp({ digest: (text) => `#${text}` });
    const first = await authenticate(header);
    expect(judge(header.slice(header.indexOf('=') + 1))).toEqual(first);
  });

  it('does not outlive the revocation of its session', async () => {
    const { authenticate, revoked, header } = await setUp();
    await authenticate(header);
    revoked.add('session-1');
    expect(await authenticate(header)).toEqual({ kind: 'anonymous', reason: 'session_revoked' });
  });

  it('ends with the access token', async () => {
    const { authenticate, clock, counted, header } = await setUp();
    await authenticate(header);
    clock.now += 900_000;
    expect((await authenticate(header)).kind).toBe('expired');
    expect(counted.verifications).toBe(2);
  });

  it.each(['expiresAt', 'absoluteExpiresAt'])('never outlives %s', async (end) => {
    const { authenticate, clock, header } = await setUp({ [end]: epoch * 1000 + 60_000 });
    expect((await authenticate(header)).kind).toBe('authenticated');
    clock.now += 60_000;
    expect(await authenticate(header)).toEqual({ kind: 'anonymous', reason: 'session_over' });
  });

  it('knows whole values only, not their beginnings', async () => {
    const { authenticate, header } = await setUp();
    await authenticate(header);
    expect((await authenticate(header.slice(0, -1))).kind).toBe('anonymous');
    expect((await authenticate(`${header}A`)).kind).toBe('anonymous');
  });

  it('hands out copies that a caller may change', async () => {
    const { authenticate, header } = await setUp();
    const first = await authenticate(header);
    if (first.kind === 'authenticated') first.user.role = 'ADMIN';
    expect(await authenticate(header)).toMatchObject({ user: { role: 'USER' } });
  });
});
