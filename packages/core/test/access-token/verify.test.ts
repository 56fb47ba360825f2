import { base64url, exportSPKI, importJWK, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { localKeys, secretKey, type SigningKeys, verifyAccessToken } from '../../src/index.ts';
import { audience, claims, epoch, foreignPair, issuer, jwks, kid, mint, pair, publicJwk } from '../fixtures/issuer.ts';

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
  const publicPem = exportSPKI(pair.publicKey);

  it.each<readonly [string, () => Promise<string> | string]>([
    ['no signature at all', () => new UnsecuredJWT(claims).encode()],
    ['"none" with a signature', async () => replaceHeader(await mint(), { alg: 'none', typ: 'at+jwt', kid })],
    ['a foreign key under our key id', () => mint({ key: foreignPair.privateKey })],
    ['a foreign key under its own id', () => mint({ key: foreignPair.privateKey, header: { kid: 'key-9' } })],
    ['no key id', () => mint({ header: { kid: undefined } })],
    ['a foreign key that it brings along', () => mint({ key: foreignPair.privateKey, header: { jwk: publicJwk } })],
    [
      'a link to its own key set',
      () => mint({ key: foreignPair.privateKey, header: { jku: 'https://evil.example/jwks.json', kid: 'evil' } }),
    ],
    ['the public key as an HMAC secret', async () => mint({ header: { alg: 'HS256' }, key: bytes(await publicPem) })],
    [
      'the public key document as an HMAC secret',
      () => mint({ header: { alg: 'HS256' }, key: bytes(JSON.stringify(publicJwk)) }),
    ],
    [
      'a critical extension',
      async () => replaceHeader(await mint(), { alg: 'ES256', typ: 'at+jwt', kid, crit: ['x'] }),
    ],
    ['another type', () => mint({ header: { typ: 'JWT' } })],
    ['no type', () => mint({ header: { typ: undefined } })],
    ['a refresh token', () => 'v1.4cfb2f7e.0.bWFjLW9mLWEtcmVmcmVzaC10b2tlbg'],
    ['another issuer', () => mint({ payload: { ...claims, iss: 'https://evil.example' } })],
    ['an issuer with a slash more', () => mint({ payload: { ...claims, iss: `${issuer}/` } })],
    ['another audience', () => mint({ payload: { ...claims, aud: 'other' } })],
    ['no audience in a list', () => mint({ payload: { ...claims, aud: [] } })],
    ['a time that has not come', () => mint({ payload: { ...claims, nbf: epoch + 60 } })],
    ['an empty subject', () => mint({ payload: { ...claims, sub: '' } })],
    ['an empty session', () => mint({ payload: { ...claims, sid: '' } })],
    ['a changed payload', async () => replacePart(await mint(), 1, { ...claims, role: 'ADMIN' })],
    ['a cut signature', async () => (await mint()).slice(0, -2)],
    ['no text', () => ''],
    ['two parts', () => 'e30.e30'],
    ['four parts', async () => `${await mint()}.e30`],
    ['text that is no JSON', () => 'YQ.YQ.YQ'],
  ])('are invalid: %s', async (_name, forge) => {
    expect(await verify(await forge())).toEqual({ kind: 'invalid', reason: expect.any(String) });
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

function replaceHeader(token: string, header: object): string {
  return replacePart(token, 0, header);
}

function replacePart(token: string, part: number, value: object): string {
  return token
    .split('.')
    .map((text, index) => (index === part ? base64url.encode(JSON.stringify(value)) : text))
    .join('.');
}
