import { describe, expect, it } from 'vitest';
import { judge } from '../src/api-answer.ts';

const refusal = (code: string) => ({ success: false, code, message: 'no', requestId: 'request-1' });
const errors = [{ path: 'newPassword', message: 'must have at least 8 characters' }];

describe('an answer of the API', () => {
  it.each([
    ['success', 200, { success: true }, { kind: 'ok', body: { success: true } }],
    ['success without a body', 200, undefined, { kind: 'unavailable' }],
    ['an ended session', 401, refusal('session_revoked'), { kind: 'over' }],
    ['a token it does not take', 401, refusal('invalid_token'), { kind: 'over' }],
    ['a wrong password', 401, refusal('invalid_credentials'), { kind: 'refused', code: 'invalid_credentials' }],
    ['refused fields', 400, { ...refusal('validation_failed'), errors }, { kind: 'refused', errors }],
    ['an unknown id', 404, refusal('not_found'), { kind: 'refused', code: 'not_found' }],
    ['an outage', 503, refusal('service_unavailable'), { kind: 'unavailable' }],
    ['a proxy’s page', 404, undefined, { kind: 'unavailable' }],
    ['a proxy’s own 401', 401, { error: 'unauthorized' }, { kind: 'unavailable' }],
    ['a code of tomorrow', 418, refusal('teapot'), { kind: 'unavailable' }],
  ])('is understood: %s', (_what, status, body, expected) => {
    expect(judge(status, body)).toMatchObject(expected);
  });
});
