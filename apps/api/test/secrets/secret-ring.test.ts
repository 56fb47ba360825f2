import { describe, expect, it } from 'vitest';
import { createSecretRing } from '../../src/secrets/secret-ring.ts';

const older = 'the older secret of thirty-two bytes or more';
const newer = 'the newer secret of thirty-two bytes or more';

describe('secret ring', () => {
  it('makes new things with the newest secret', () => {
    expect(createSecretRing([newer, older]).newestKeyId).toBe(createSecretRing([newer]).newestKeyId);
  });

  it('finds a key by id wherever its secret stands', () => {
    const { newestKeyId } = createSecretRing([older]);
    const before = createSecretRing([older]).key('refreshToken', newestKeyId);
    expect(createSecretRing([newer, older]).key('refreshToken', newestKeyId)).toEqual(before);
    expect(createSecretRing([newer]).key('refreshToken', newestKeyId)).toBeUndefined();
  });

  it('derives another key for another purpose', () => {
    const ring = createSecretRing([newer]);
    const keys = [ring.key('refreshToken', ring.newestKeyId), ring.key('signingKeySeal', ring.newestKeyId)];
    expect(keys.map((key) => key?.byteLength)).toEqual([32, 32]);
    expect(keys[0]).not.toEqual(keys[1]);
    expect(newer).not.toContain(ring.newestKeyId);
  });

  it('refuses to be empty', () => {
    expect(() => createSecretRing([])).toThrow(TypeError);
  });
});
