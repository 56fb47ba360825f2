import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueToken, type Target, tokenAttacks } from '../src/index.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const target: Target = { ...pair, kid: 'K'.repeat(43), claims: { iss: 'i', aud: 'a', sub: 's', iat: 1000, exp: 1900 } };

describe('the table of attacks', () => {
  it('names each attack once', () => {
    const names = tokenAttacks.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThan(150);
  });

  it('forges anew each time, and whatever the claims are', () => {
    for (const { name, forge } of tokenAttacks)
      expect(forge({ ...target, claims: { iat: 1, exp: 2 } }), name).toEqual(expect.any(String));
  });

  it('is measured against a token that is right', () => {
    const [header = '', payload = '', signature = ''] = issueToken(target).split('.');
    const key = { key: pair.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(target.claims);
  });
});
