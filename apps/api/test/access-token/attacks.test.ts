import { generateKeyPairSync } from 'node:crypto';
import { issueToken, type Target, tokenAttacks } from '@footbridge/attacks';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../support/contract.ts';
import { asBearer, type Registered, registerSomebody, startTestApp, type TestApp } from '../support/test-app.ts';

/** A header field takes no more, and no other characters: such a token reaches nobody. */
const canBeSent = (token: string): boolean => token.length < 8000 && /^[\x21-\x7e]+$/.test(token);

let api: TestApp;
let somebody: Registered;
let target: Target;
beforeAll(async () => {
  api = await startTestApp();
  somebody = await registerSomebody(api.app);
  target = await trustedKey();
});
afterAll(() => api.close());

/** A key that the app publishes as one that signed before, and a live session's claims. */
async function trustedKey(): Promise<Target> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = pair.publicKey.export({ format: 'jwk' });
  const kid = 'T'.repeat(43);
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
  const unsealable = { sealedPrivateKey: new Uint8Array(60), sealKeyId: 'nobody' };
  await api.database.signingKey.create({
    data: { kid, publicJwk, ...unsealable, createdAt: new Date(0), signsFrom: new Date(0) },
  });
  const { signingKeys } = api.services;
  if (signingKeys.algorithm === 'ES256') await signingKeys.reread();
  const claims = jwt.decode(somebody.token, { json: true });
  if (claims?.iat === undefined || claims.exp === undefined) throw new Error('the token has no times');
  return { ...pair, kid, claims: { ...claims, iat: claims.iat, exp: claims.exp } };
}

describe('a bearer', () => {
  it('is admitted with the token that the attacks are made from', async () => {
    await asBearer(request(api.app).get('/api/verify'), issueToken(target)).expect(200);
    await asBearer(request(api.app).get('/api/notes'), issueToken(target)).expect(200);
  });

  it.each(tokenAttacks)('is refused with a token with $name', async ({ forge }) => {
    const token = forge(target);
    expect((await api.services.verify(token)).kind).not.toBe('valid');
    if (!canBeSent(token)) return;
    for (const path of ['/api/verify', '/api/notes']) {
      const response = await asBearer(request(api.app).get(path), token);
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(response.text).not.toContain(token);
    }
  });

  it('is refused with the other tokens of the same session', async () => {
    expectRefusal(await asBearer(request(api.app).get('/api/me'), somebody.refreshToken), 'invalid_token');
  });

  it('is asked for patience, and not let in, while nobody can say whose key it is', async () => {
    const { signingKeys } = api.services;
    if (signingKeys.algorithm !== 'ES256') throw new Error('the app signs with a shared secret');
    const find = vi.spyOn(signingKeys, 'find').mockResolvedValue({ kind: 'unavailable' });
    const response = await asBearer(request(api.app).get('/api/me'), issueToken(target));
    find.mockRestore();
    expectRefusal(response, 'service_unavailable');
    expect(response.headers['retry-after']).toBe('2');
  });

  it('cannot refresh with an access token', async () => {
    const credential = request(api.app).post('/api/refresh').auth('web', 'client secret: 32 bytes, + and %');
    const response = await credential.send({ refreshToken: somebody.token });
    expect(response.status).toBe(401);
  });
});
