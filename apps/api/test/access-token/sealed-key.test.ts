import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openPrivateKey, sealPrivateKey } from '../../src/access-token/sealed-key.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const seal = { kid: 'a', key: randomBytes(32) };
const sealed = sealPrivateKey(privateKey, seal);

describe('sealed private key', () => {
  it('opens to the key that was sealed', () => {
    expect(openPrivateKey(sealed, seal).equals(privateKey)).toBe(true);
    expect(sealPrivateKey(privateKey, seal)).not.toEqual(sealed);
  });

  it('opens with nothing else', () => {
    expect(() => openPrivateKey(sealed, { ...seal, kid: 'b' })).toThrow(/authenticate/);
    expect(() => openPrivateKey(sealed, { ...seal, key: randomBytes(32) })).toThrow(/authenticate/);
    for (const position of [0, 12, 28, sealed.length - 1]) {
      const altered = Uint8Array.from(sealed, (byte, index) => (index === position ? byte ^ 1 : byte));
      expect(() => openPrivateKey(altered, seal)).toThrow(/authenticate/);
    }
  });
});
