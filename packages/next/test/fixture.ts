/** A real BFF whose API is a function: it knows one person, and signs tokens as the API does. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { AuthApi } from '@footbridge/core';
import type { TokenAnswer } from '@footbridge/contracts';
import { createFootbridge, type Footbridge, type FootbridgeOptions } from '../src/footbridge.ts';

export const origin = 'http://localhost:3000';
export const person = { email: 'ada@example.com', password: 'correct horse' };

const rules = { issuer: 'https://api.example.net', audience: 'footbridge' };
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const kid = 'key-1';
const user = { id: 'user-1', email: person.email, name: 'Ada', role: 'user' };

/** A handle that no other test shares. */
export function testFootbridge(overrides: Partial<FootbridgeOptions> = {}): Footbridge {
  return createFootbridge(() => ({ ...testOptions(), ...overrides }), randomUUID());
}

export function testOptions(): FootbridgeOptions {
  return {
    publicOrigin: origin,
    api: { login, register: login, logout, refresh },
    sessionSecrets: ['e'.repeat(16) + 'f'.repeat(16)],
    accessToken: { ...rules, keys: { kind: 'jwks', url: 'https://api.example.net/jwks' } },
    trustProxyHops: 0,
    fetch: async () =>
      Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] }),
  };
}

const login: AuthApi['login'] = async ({ email, password }) => {
  const isKnown = email === person.email && password === person.password;
  if (!isKnown) return { kind: 'refused', status: 401, code: 'invalid_credentials', message: 'no' };
  return { kind: 'ok', value: tokenAnswer() };
};

const logout: Required<AuthApi>['logout'] = async () => ({ kind: 'ok', value: undefined });

const refresh: Required<AuthApi>['refresh'] = async () => ({ kind: 'ok', value: tokenAnswer() });

function tokenAnswer(): TokenAnswer {
  const now = new Date();
  const later = new Date(now.getTime() + 3_600_000).toISOString();
  const sessionId = randomUUID();
  return {
    success: true,
    message: 'logged in',
    token: accessToken(sessionId, Math.floor(now.getTime() / 1000)),
    tokenType: 'Bearer',
    expiresIn: 900,
    refreshToken: `v1.${sessionId}.1.${'m'.repeat(43)}`,
    refreshExpiresIn: 3600,
    data: {
      user,
      session: {
        id: sessionId,
        createdAt: now.toISOString(),
        lastActiveAt: now.toISOString(),
        expiresAt: later,
        absoluteExpiresAt: later,
      },
    },
  };
}

function accessToken(sid: string, iat: number): string {
  const claims = { iss: rules.issuer, aud: rules.audience, sub: user.id, sid, role: user.role, iat, exp: iat + 900 };
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode({ ...claims, jti: randomUUID() })}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** A request of a script on the frontend's own page. */
export function scriptRequest(path: string, init: RequestInit = {}): Request {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  return new Request(`${origin}${path}`, { ...init, headers: { ...headers, ...init.headers } });
}

/** Logs in through the endpoint; answers the `Cookie` header that a browser would send from then on. */
export async function loggedInCookie(footbridge: Footbridge): Promise<string> {
  const body = JSON.stringify(person);
  const response = await footbridge.bff().login.handle(scriptRequest('/api/login', { method: 'POST', body }));
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1).join(''))
    .join('; ');
}
