import { base64url, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { localKeys, secretKey, type SigningKeys, verifyAccessToken } from '../../src/index.ts';
import { audience, claims, epoch, foreignPair, issuer, jwks, mint } from '../fixtures/issuer.ts';

const hmacSecret = 'an-hmac-secret-of-32-bytes-or-more';
const es256 = localKeys(jwks);
const hs256 = secretKey(hmacSecret);
const bytes = (text: string) => new TextEncoder().encode(text);

function verify(token: string, keys: SigningKeys = es256, now = epoch * 1000) {
  return verifyAccessToken(token, { issuer, audience, keys, now: () => now });
}

describe('genuine access tokens', () => {
  it('are valid with ES256 and a published key', async () => {
    expect(await verify(await mint())).toEqual({ kind: 'valid', claims });
  });

  it('are valid with HS256 and the shared secret', async () => {
    const token = await mint({ header: { alg: 'HS256' }, key: bytes(hmacSecret) });
    expect(await verify(token, hs256)).toEqual({ kind: 'valid', claims });
  });

  it('may name several audiences', async () => {
    const payload = { ...claims, aud: ['other', audience] };
    expect(await verify(await mint({ payload }))).toEqual({ kind: 'valid', claims: payload });
  });

  it('expire in the second of their exp', async () => {
    const token = await mint();
    expect((await verify(token, es256, claims.exp * 1000 - 1)).kind).toBe('valid');
    expect(await verify(token, es256, claims.exp * 1000)).toEqual({ kind: 'expired', claims });
  });

  it('cannot be judged while the keys are unavailable', async () => {
    const keys: SigningKeys = { algorithm: 'ES256', find: async () => ({ kind: 'unavailable' }) };
    expect(await verify(await mint(), keys)).toEqual({ kind: 'unavailable' });
  });
});

describe('forged access tokens', () => {
  it.each([
    ['a refresh token', 'v1.4cfb2f7e.0.bWFjLW9mLWEtcmVmcmVzaC10b2tlbg'],
    ['no text', ''],
    ['text that is no JSON', 'YQ.YQ.YQ'],
  ])('are invalid: %s', async (_name, token) => {
    expect(await verify(token)).toEqual({ kind: 'invalid', reason: 'not a compact JWS' });
  });

  it('say which rule they break, in the issuer’s terms alone', async () => {
    expect(await verify(await mint({ header: { alg: 'HS256' }, key: bytes(hmacSecret) }))).toEqual({
      kind: 'invalid',
      reason: 'unexpected "alg" header',
    });
    expect(await verify(await mint({ key: foreignPair.privateKey, header: { kid: 'key-9' } }))).toEqual({
      kind: 'invalid',
      reason: 'unknown "kid" header',
      isKeyUnknown: true,
    });
    expect(await verify(await mint({ payload: { ...claims, iat: epoch + 61 } }))).toEqual({
      kind: 'invalid',
      reason: 'unexpected "iat" claim value',
    });
  });

  it('are not what a neighbour with a faster clock issues', async () => {
    expect((await verify(await mint({ payload: { ...claims, iat: epoch + 60 } }))).kind).toBe('valid');
  });

  it.each(Object.keys(claims))('are invalid without the claim %s', async (claim) => {
    const payload = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
    expect(await verify(await mint({ payload }))).toEqual({
      kind: 'invalid',
      reason: `missing required "${claim}" claim`,
    });
  });

  it('are not forgiven for having expired too', async () => {
    const payload = { ...claims, exp: epoch - 1, sid: '' };
    expect(await verify(await mint({ payload }))).toEqual({ kind: 'invalid', reason: 'unexpected "sid" claim value' });
  });

  it('do not choose the algorithm when HS256 is configured', async () => {
    expect((await verify(await mint(), hs256)).kind).toBe('invalid');
    const key = await importJWK({ kty: 'oct', k: base64url.encode('another-secret-of-32-bytes-or-more') }, 'HS256');
    expect((await verify(await mint({ header: { alg: 'HS256' }, key }), hs256)).kind).toBe('invalid');
  });

  it('are noticed in every spelling of the last character', async () => {
    const token = await mint();
    const others = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.replace(token.slice(-1), '');
    for (const other of others) expect((await verify(token.slice(0, -1) + other)).kind).toBe('invalid');
  });

  it('are never quoted in the reason', async () => {
    const token = await mint({ payload: { ...claims, iss: 'https://secret-looking.example' } });
    const outcome = await verify(token);
    expect(JSON.stringify(outcome)).not.toContain('secret-looking');
  });
});
