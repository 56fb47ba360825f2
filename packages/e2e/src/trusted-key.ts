/** A key that the API publishes as one that signed before, and whose private half the test holds: no attacker has one. */
import { generateKeyPairSync } from 'node:crypto';
import type { Target } from '@footbridge/attacks';
import type { TestDatabase } from './database.ts';

/** Plants the key, waits until the API publishes it, and gives it with the claims of a token that was issued. */
export async function plantTrustedKey(database: TestDatabase, apiUrl: string, issued: string): Promise<Target> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = pair.publicKey.export({ format: 'jwk' });
  const kid = 'T'.repeat(43);
  const publicJwk = JSON.stringify({ kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' });
  await database.query(
    `INSERT INTO "SigningKey" (kid, "publicJwk", "sealedPrivateKey", "sealKeyId", "createdAt", "signsFrom", "tokenSeconds")
     SELECT $1, $2, $3, 'nobody', min("createdAt"), min("signsFrom") - interval '1 second', 900 FROM "SigningKey"`,
    [kid, publicJwk, Buffer.alloc(60)],
  );
  await database.query(`SELECT pg_notify('footbridge_signing_keys', '')`);
  await untilPublished(apiUrl, kid);
  return { ...pair, kid, claims: claimsOf(issued) };
}

/** The ids of the keys that an API publishes, in its order. */
export async function publishedKeys(apiUrl: string): Promise<string[]> {
  const answer = await fetch(`${apiUrl}/.well-known/jwks.json`);
  return [...(await answer.text()).matchAll(/"kid":"([^"]+)"/g)].map(([, kid = '']) => kid);
}

/** Waits until an API publishes a key, ten seconds at most. */
export async function untilPublished(apiUrl: string, kid: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await publishedKeys(apiUrl)).includes(kid)) {
    if (Date.now() > deadline) throw new Error(`${apiUrl} does not publish ${kid}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The key that signed a token. */
export function keyIdOf(token: string): unknown {
  return partOf(token, 0)['kid'];
}

function claimsOf(token: string): Target['claims'] {
  const { iat, exp, ...claims } = partOf(token, 1);
  if (typeof iat !== 'number' || typeof exp !== 'number') throw new TypeError('the token has no times');
  return { ...claims, iat, exp };
}

function partOf(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8'));
}
