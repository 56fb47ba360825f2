import { describe, expect, it } from 'vitest';
import { namedGeneration } from '../../src/session/refresh-token.ts';

describe('namedGeneration', () => {
  it('reads session and generation', () => {
    expect(namedGeneration('v1.0b9c7f0e-1d2c-4a3b-8c4d-5e6f7a8b9c0d.12.bWFj_-')).toEqual({
      sessionId: '0b9c7f0e-1d2c-4a3b-8c4d-5e6f7a8b9c0d',
      generation: 12,
    });
  });

  it.each([
    '',
    'v1',
    'v1.a.1',
    'v1.a.b.mac',
    'v2.a.1.mac',
    'v1..1.mac',
    'v1.a.1.mac.',
    'v1.a b.1.mac',
    ' v1.a.1.mac',
    'opaque',
    'v1.a.-1.mac',
    `v1.a.${'9'.repeat(16)}.mac`,
  ])('names nothing for %j', (text) => {
    expect(namedGeneration(text)).toBeUndefined();
  });
});
