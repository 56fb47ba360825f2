/** A BFF with a session in its memory, and the cookie that stands for it. The API behind it is this file. */
import { type AuthApi, type Bff, type BffOptions, createBff } from '@footbridge/core';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { cookieHeaderOf } from '../session-cookie.ts';

const [issuer, audience, kid] = ['http://127.0.0.1:4000', 'footbridge', 'bench'];
const publicOrigin = 'https://app.example.com';
const lifetimes = { access: 3600, idle: 604_800, absolute: 2_592_000 }; // seconds; the access token outlives the bench
const credentials = { email: 'ada@example.com', password: 'of no account here' };

/** Whoever checks, and what they check. */
export interface LoggedIn {
  readonly bff: Bff;
  readonly cookieHeader: string;
}

/** Logs in to a BFF of its own. Tokens have the form and the algorithm of the API's. */
export async function loggedInBff(options: Pick<BffOptions, 'digest'>): Promise<LoggedIn> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const bff = createBff({
    publicOrigin,
    api: fakeApi(privateKey),
    sessionSecrets: ['known to this bench alone, and of use to nobody'],
    accessToken: { issuer, audience, keys: { kind: 'jwks', url: `${issuer}/.well-known/jwks.json` } },
    fetch: async () => Response.json({ keys: [jwk] }),
    ...options,
  });
  const response = await bff.login.handle(
    new Request(`${publicOrigin}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(credentials),
    }),
  );
  if (response.status !== 200) throw new Error(`login answered ${response.status}`);
  return { bff, cookieHeader: cookieHeaderOf(response) };
}

function fakeApi(key: CryptoKey): AuthApi {
  return {
    async login() {
      const session = { sid: crypto.randomUUID(), role: 'user', jti: crypto.randomUUID() };
      const token = await new SignJWT(session)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${lifetimes.access}s`)
        .sign(key);
      return { kind: 'ok', value: tokenAnswer(token, session.sid) };
    },
  };
}

function tokenAnswer(token: string, sid: string) {
  return {
    success: true as const,
    message: 'logged in',
    token,
    tokenType: 'Bearer' as const,
    expiresIn: lifetimes.access,
    refreshToken: `v1.${sid}.1.${'m'.repeat(43)}`,
    refreshExpiresIn: lifetimes.idle,
    data: {
      user: { id: crypto.randomUUID(), email: credentials.email, name: 'Ada Lovelace', role: 'user' },
      session: {
        id: sid,
        createdAt: inSeconds(0),
        lastActiveAt: inSeconds(0),
        expiresAt: inSeconds(lifetimes.idle),
        absoluteExpiresAt: inSeconds(lifetimes.absolute),
      },
    },
  };
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
