import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { issueToken, type Target, tokenAttacks } from '@footbridge/attacks';
import { localKeys } from '@footbridge/core';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { createTokenIssuer } from '../../src/access-token/issue.ts';
import type { PublishedKeys, SigningKeys } from '../../src/access-token/signing-keys.ts';
import { createTokenVerifier } from '../../src/access-token/verify.ts';

const now = Date.UTC(2026, 10, 21, 12) + 400;
const policy = { issuer: 'http://api.test', audience: 'footbridge' };
const subject = { userId: 'user', role: 'user', sessionId: 'session' };
const sharedSecret = 'a shared secret of thirty-two bytes';
const shared: SigningKeys = { algorithm: 'HS256', secret: sharedSecret, keySet: { keys: [] } };
const asymmetric = newKeys('one');

function newKeys(kid: string): PublishedKeys & { readonly privateKey: KeyObject } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' } as const;
  const keySet = { keys: [jwk] };
  const { privateKey } = pair;
  const local = localKeys(keySet);
  return {
    algorithm: 'ES256',
    privateKey,
    keySet,
    signer: () => ({ kid, privateKey }),
    find: (id) => local.find(id),
    reread: async () => {},
  };
}

const issue = (keys: SigningKeys, lifetimeSeconds = 900, sessionMs = Infinity) =>
  createTokenIssuer({ keys, policy: { ...policy, lifetimeSeconds }, now: () => now })(subject, sessionMs);
const judge = (keys: SigningKeys, token: string, at = now) =>
  createTokenVerifier({ keys, policy, now: () => at })(token);

describe.each([
  ['ES256', asymmetric],
  ['HS256', shared],
] as const)('%s access token', (algorithm, keys) => {
  it('verifies with all of its claims', async () => {
    const { token, expiresIn } = issue(keys);
    const iat = Math.floor(now / 1000);
    expect(expiresIn).toBe(900);
    expect(await judge(keys, token)).toMatchObject({
      kind: 'valid',
      claims: {
        iss: policy.issuer,
        aud: policy.audience,
        sub: 'user',
        sid: 'session',
        role: 'user',
        iat,
        exp: iat + 900,
      },
    });
  });

  it('says in its header what it is and which key signed it', () => {
    const header = jwt.decode(issue(keys).token, { complete: true })?.header;
    expect(header).toEqual({ alg: algorithm, typ: 'at+jwt', kid: algorithm === 'ES256' ? 'one' : 'hs256' });
  });

  it('has an id of its own each time', () => {
    const ids = [issue(keys), issue(keys)].map(({ token }) => jwt.decode(token, { json: true })?.jti);
    expect(new Set(ids).size).toBe(2);
  });

  it('is expired after its lifetime, and still names the session', async () => {
    const { token } = issue(keys);
    expect(await judge(keys, token, now + 901_000)).toMatchObject({ kind: 'expired', claims: { sid: 'session' } });
  });

  it.each([
    [0.001, 1],
    [1.9, 1],
    [2, 2],
    [Number.MAX_SAFE_INTEGER, Date.UTC(9999, 11, 31) / 1000 - Math.floor(now / 1000)],
  ])('lives whole seconds when the setting is %d', (lifetime, expected) => {
    expect(issue(keys, lifetime).expiresIn).toBe(expected);
  });
});

describe('a token of a session that ends soon', () => {
  it.each([
    [60_000, 60],
    [1500, 2],
    [400, 1],
    [-5000, 1],
  ])('lives no longer than its %d ms', (sessionMs, expected) => {
    expect(issue(asymmetric, 900, sessionMs).expiresIn).toBe(expected);
  });
});

describe('verification', () => {
  const { privateKey } = asymmetric;
  const iat = Math.floor(now / 1000);
  const claims = { iss: policy.issuer, aud: policy.audience, sub: 'user', sid: 'session', role: 'user', jti: 'x' };
  const target: Target = {
    privateKey,
    publicKey: createPublicKey(privateKey),
    kid: 'one',
    claims: { ...claims, iat, exp: iat + 60 },
  };

  it('accepts what the attacks are made from', async () => {
    expect(await judge(asymmetric, issueToken(target))).toMatchObject({ kind: 'valid' });
  });

  it.each(tokenAttacks)('refuses a token with $name', async ({ forge, isExpired }) => {
    expect((await judge(asymmetric, forge(target))).kind).toBe(isExpired ? 'expired' : 'invalid');
  });

  it('never mistakes a shared secret for a signature key', async () => {
    expect(await judge(shared, issue(asymmetric).token)).toMatchObject({ kind: 'invalid' });
    expect(await judge(asymmetric, issue(shared).token)).toMatchObject({ kind: 'invalid' });
  });
});
