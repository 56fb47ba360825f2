import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeDigest } from '../src/digest.ts';

afterEach(() => vi.unstubAllGlobals());

describe('nodeDigest', () => {
  it.each(['', 'v1.session.1.mac', 'ünïcödé'])('is SHA-256 in base64url: %j', (text) => {
    expect(nodeDigest()?.(text)).toBe(createHash('sha256').update(text).digest('base64url'));
  });

  it.each([
    ['no process', undefined],
    ['a process of the edge', { env: {} }],
    ['a process without crypto', { getBuiltinModule: () => undefined }],
  ])('leaves it to core where there is %s', (_what, process) => {
    vi.stubGlobal('process', process);
    const digest = nodeDigest();
    vi.unstubAllGlobals();
    expect(digest).toBeUndefined();
  });
});
