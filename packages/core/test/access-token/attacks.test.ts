import { generateKeyPairSync } from 'node:crypto';
import { issueToken, type Target, tokenAttacks } from '@footbridge/attacks';
import { describe, expect, it } from 'vitest';
import { localKeys, secretKey, verifyAccessToken } from '../../src/index.ts';
import { audience, claims, epoch, issuer } from '../fixtures/issuer.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const kid = 'a-key-id-of-forty-three-characters-in-all-AA';
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
const target: Target = { ...pair, kid, claims };
const published = localKeys({ keys: [jwk] });
const hs256 = secretKey('an-hmac-secret-of-32-bytes-or-more');

const verify = (token: string, keys = published) =>
  verifyAccessToken(token, { issuer, audience, keys, now: () => epoch * 1000 });

describe('verification', () => {
  it('accepts what the attacks are made from', async () => {
    expect(await verify(issueToken(target))).toEqual({ kind: 'valid', claims });
  });

  it.each(tokenAttacks)('refuses a token with $name', async ({ forge, isExpired }) => {
    const expired = { kind: 'expired', claims: expect.anything() };
    const invalid = { kind: 'invalid', reason: expect.stringMatching(/^.{5,80}$/) };
    expect(await verify(forge(target))).toMatchObject(isExpired ? expired : invalid);
  });

  it('refuses all of them where a secret is shared, and the genuine one, too', async () => {
    const tokens = [issueToken(target), ...tokenAttacks.map(({ forge }) => forge(target))];
    const outcomes = await Promise.all(tokens.map((token) => verify(token, hs256)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['invalid']));
  });
});
