import { describe, expect, it } from 'vitest';
import { serializeSetCookie } from '../../src/index.ts';
import { cookiePolicy } from '../../src/cookies/policy.ts';
import { createSeal } from '../../src/seal.ts';
import { createSealedCookie } from '../../src/session/sealed-cookie.ts';
import { sessionContent } from '../../src/session/session-content.ts';
import { secret } from '../fixtures/bff.ts';
import { tokens } from '../fixtures/fake-api.ts';
import { epoch } from '../fixtures/issuer.ts';

const now = () => epoch * 1000;
const content = sessionContent(await tokens(), { issuedAtSeconds: epoch, receivedAt: now() });
const large = { ...content, accessToken: 'a'.repeat(6_000) };

function cookieAt(publicOrigin: string) {
  const seal = createSeal({ secrets: [secret], purpose: 'test', now });
  const cookie = createSealedCookie({ policy: cookiePolicy({ publicOrigin }), seal, now });
  return {
    ...cookie,
    write: async (...args: Parameters<typeof cookie.write>) => (await cookie.write(...args)).map(serializeSetCookie),
    clear: (cookieHeader: string | null) => cookie.clear(cookieHeader).map(serializeSetCookie),
  };
}

const https = cookieAt('https://app.example.com');
const names = (lines: readonly string[]) => lines.map((line) => line.split('=', 1).join(''));
const expired = (lines: readonly string[]) => lines.filter((line) => line.includes('Max-Age=0'));
const sent = (lines: readonly string[]) => lines.map((line) => line.split(';', 1).join('')).join('; ');

describe('createSealedCookie', () => {
  it('writes one host-only cookie until the idle end', async () => {
    const lines = await https.write(content, null);
    expect(lines).toEqual([
      expect.stringMatching(/^__Host-Http-session=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/),
    ]);
  });

  it('drops the prefix and Secure on plain http', async () => {
    const lines = await cookieAt('http://localhost:3000').write(content, null);
    expect(lines).toEqual([
      expect.stringMatching(/^session=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('never outlives the absolute end', async () => {
    const lines = await https.write({ ...content, absoluteExpiresAt: now() + 60_000 }, null);
    expect(lines.join('')).toContain('; Max-Age=60;');
  });

  it('reads back what it wrote, whole or in chunks', async () => {
    for (const stored of [content, large]) {
      const [value = ''] = https.candidates(sent(await https.write(stored, null)));
      expect(await https.open(value)).toEqual({ kind: 'opened', content: stored, isVouched: true });
    }
  });

  it('expires stale chunks and the stale whole', async () => {
    const chunks = sent(await https.write(large, null));
    expect(names(expired(await https.write(content, chunks)))).toEqual([
      '__Host-Http-session.0',
      '__Host-Http-session.1',
      '__Host-Http-session.2',
    ]);
    const whole = sent(await https.write(content, null));
    expect(names(expired(await https.write(large, whole)))).toEqual(['__Host-Http-session']);
  });

  it('clears every name, seen or not', () => {
    const lines = https.clear(null);
    const name = '__Host-Http-session';
    expect(names(lines)).toEqual([name, `${name}.0`, `${name}.1`, `${name}.2`, `${name}.3`]);
    expect(expired(lines)).toEqual(lines);
  });

  it('removes planted twins from the domains above', async () => {
    const http = cookieAt('http://app.mysite.localhost:3000');
    const lines = expired(await http.write(content, 'session=planted; session=ours'));
    expect(lines.map((line) => /Domain=([^;]+)/.exec(line)?.[1])).toEqual(['app.mysite.localhost', 'mysite.localhost']);
    expect(expired(await http.write(content, 'session=ours'))).toEqual([]);
    expect(expired(await https.write(content, '__Host-Http-session=a; __Host-Http-session=b'))).toEqual([]);
  });
});
