import { describe, expect, it } from 'vitest';
import { mayRepeat, relayFailure } from '../../src/relay/failure.ts';

const failed = (code: string) => relayFailure(Object.assign(new Error('connect 10.0.0.7:4000'), { code }));

describe('relayFailure', () => {
  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['ECONNRESET', 'broken'],
    ['HPE_INVALID_CONSTANT', 'broken'],
  ])('takes %s for %s', (code, kind) => {
    expect(failed(code)).toMatchObject({ kind, reason: code });
  });

  it('names no host where there is no code', () => {
    expect(relayFailure(new TypeError('connect 10.0.0.7:4000')).reason).toBe('TypeError');
  });
});

describe('mayRepeat', () => {
  it.each(['GET', 'HEAD'])('lets a %s be sent again when its connection was closed', (method) => {
    for (const code of ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']) {
      expect(mayRepeat(failed(code), { method, hasBody: false })).toBe(true);
    }
  });

  it.each([
    ['a write', 'ECONNRESET', { method: 'DELETE', hasBody: false }],
    ['what brings a body', 'ECONNRESET', { method: 'GET', hasBody: true }],
    ['what nobody could take', 'ECONNREFUSED', { method: 'GET', hasBody: false }],
    ['what took too long', 'UND_ERR_HEADERS_TIMEOUT', { method: 'GET', hasBody: false }],
    ['what was answered with garbage', 'HPE_INVALID_CONSTANT', { method: 'GET', hasBody: false }],
  ])('sends %s once', (_what, code, call) => {
    expect(mayRepeat(failed(code), call)).toBe(false);
  });
});
