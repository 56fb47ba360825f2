import { describe, expect, it } from 'vitest';
import { readSignInAnswer, readSignOutAnswer } from '../../src/client/answer.ts';

const user = { id: 'user-1', email: 'ada@example.com', name: null, role: 'user' };
const refusal = { success: false, code: 'validation_failed', message: 'some fields are not valid', requestId: 'r' };
const errors = [{ path: 'email', message: 'must be an e-mail address' }];

const answers: readonly (readonly [string, () => Response, unknown])[] = [
  ['success', () => Response.json({ success: true, data: { user } }), { kind: 'ok', user }],
  [
    'a refusal with fields',
    () => Response.json({ ...refusal, errors }, { status: 400 }),
    { kind: 'refused', code: 'validation_failed', message: refusal.message, errors },
  ],
  [
    'a refusal without fields',
    () => Response.json(refusal, { status: 401 }),
    { kind: 'refused', code: 'validation_failed', message: refusal.message, errors: [] },
  ],
  ['an outage', () => Response.json({ ...refusal, code: 'api_unavailable' }, { status: 503 }), { kind: 'unavailable' }],
  ['another server’s page', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), { kind: 'unavailable' }],
  ['a portal’s page', () => new Response('<h1>Welcome to the hotel</h1>'), { kind: 'unavailable' }],
  ['a refusal that is no JSON', () => new Response('', { status: 403 }), { kind: 'unavailable' }],
  ['JSON of somebody else', () => Response.json(['ok']), { kind: 'unavailable' }],
  ['null', () => Response.json(null, { status: 400 }), { kind: 'unavailable' }],
];

describe('readSignInAnswer', () => {
  it.each(answers)('understands %s', async (_what, response, expected) => {
    expect(await readSignInAnswer(response())).toEqual(expected);
  });
});

describe('readSignOutAnswer', () => {
  it('needs no body to succeed', async () => {
    expect(await readSignOutAnswer(new Response(null, { status: 204 }))).toEqual({ kind: 'ok' });
  });

  it('keeps the reason of a refusal', async () => {
    const response = Response.json({ ...refusal, code: 'cross_site_request' }, { status: 403 });
    expect(await readSignOutAnswer(response)).toMatchObject({ kind: 'refused', code: 'cross_site_request' });
  });
});
