import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, decodeProtectedHeader, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { createSeal } from '../src/seal.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const purpose = 'footbridge/session-cookie/v1';
const secrets = ['the-newest-secret-of-32-bytes-or-more', 'an-older-secret-of-32-bytes-or-more--'] as const;
const endsAt = 2_000;
const content = { accessToken: 'a', n: 1 };

function sealOf(options: Partial<Parameters<typeof createSeal>[0]> = {}) {
  return createSeal({ secrets, purpose, now: () => 1_000, ...options });
}

describe('createSeal', () => {
  it('opens what it sealed, differently each time', async () => {
    const seal = sealOf();
    const [first, second] = await Promise.all([seal.seal(content, endsAt), seal.seal(content, endsAt)]);
    expect(first).not.toBe(second);
    expect(await seal.open(first)).toEqual({ kind: 'opened', content });
  });

  it('writes base64url and dots only', async () => {
    expect(await sealOf().seal(content, endsAt)).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('opens with any listed secret and seals with the newest', async () => {
    const old = await sealOf({ secrets: [secrets[1]] }).seal(content, endsAt);
    expect(await sealOf().open(old)).toEqual({ kind: 'opened', content });
    const fresh = await sealOf().seal(content, endsAt);
    expect(await sealOf({ secrets: [secrets[0]] }).open(fresh)).toEqual({ kind: 'opened', content });
    expect(await sealOf({ secrets: [secrets[1]] }).open(fresh)).toEqual({ kind: 'unreadable' });
  });

  it('ends when its time is over', async () => {
    const sealed = await sealOf().seal(content, endsAt);
    expect(await sealOf({ now: () => endsAt - 1 }).open(sealed)).toEqual({ kind: 'opened', content });
    expect(await sealOf({ now: () => endsAt }).open(sealed)).toEqual({ kind: 'over' });
  });
});

describe('attacks on the seal', () => {
  it('notices every other character at every place', { timeout: 60_000 }, async () => {
    const seal = sealOf();
    const sealed = await seal.seal(content, endsAt);
    const opened: string[] = [];
    for (let at = 0; at < sealed.length; at += 1) {
      for (const other of alphabet) {
        if (other === sealed[at]) continue;
        const tampered = sealed.slice(0, at) + other + sealed.slice(at + 1);
        if ((await seal.open(tampered)).kind !== 'unreadable') opened.push(`${at}: ${other}`);
      }
    }
    expect(opened).toEqual([]);
  });

  it('notices every cut and every character too many', async () => {
    const seal = sealOf();
    const sealed = await seal.seal(content, endsAt);
    for (let at = 0; at < sealed.length; at += 1) {
      expect(await seal.open(sealed.slice(0, at))).toEqual({ kind: 'unreadable' });
      expect(await seal.open(`${sealed.slice(0, at)}A${sealed.slice(at)}`)).toEqual({ kind: 'unreadable' });
    }
  });

  it('opens for no other purpose', async () => {
    const sealed = await sealOf({ purpose: 'footbridge/other/v1' }).seal(content, endsAt);
    expect(await sealOf().open(sealed)).toEqual({ kind: 'unreadable' });
  });

  it.each(['', '.', '....', 'a.b.c.d.e', 'é', 'e30..e30.e30.e30', '%00', `${'A'.repeat(9_999)}....`])(
    'calls %j unreadable',
    async (sealed) => {
      expect(await sealOf().open(sealed)).toEqual({ kind: 'unreadable' });
    },
  );

  it('refuses another algorithm under our own key id', async () => {
    const ours = await sealOf().seal(content, endsAt);
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const forged = await new CompactEncrypt(new TextEncoder().encode('{"version":1,"endsAt":9e99,"content":{}}'))
      .setProtectedHeader({ ...decodeProtectedHeader(ours), alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(publicKey);
    expect(await sealOf().open(forged)).toEqual({ kind: 'unreadable' });
  });

  it.each([
    ['plain', {}, 'opened'],
    ['compressed', { zip: 'DEF' }, 'unreadable'],
  ])('judges a text that our own key sealed %s', async (_how, added, kind) => {
    const header = decodeProtectedHeader(await sealOf().seal(content, endsAt));
    const key = new Uint8Array(hkdfSync('sha256', secrets[0], '', purpose, 32));
    const text = new TextEncoder().encode(JSON.stringify({ version: 1, endsAt, content }));
    const sealed = await new CompactEncrypt(text)
      .setProtectedHeader({ ...header, alg: 'dir', enc: 'A256GCM', ...added })
      .encrypt(key);
    expect(await sealOf().open(sealed)).toMatchObject({ kind });
  });
});
