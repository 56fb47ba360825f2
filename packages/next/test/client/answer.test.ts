import { describe, expect, it } from 'vitest';
import { readSessionAnswer, readSignInAnswer, readSignOutAnswer } from '../../src/client/answer.ts';

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

const at = (date: string): ResponseInit => ({ headers: { date } });

describe('readSessionAnswer', () => {
  const session = { expiresAt: '2026-11-21T12:00:30.000Z', absoluteExpiresAt: '2026-12-21T12:00:00.000Z' };
  const report = { authenticated: true, user, session: { ...session, refreshDue: false } };

  it('counts seconds on the server’s clock', async () => {
    const answer = Response.json(report, at('Sat, 21 Nov 2026 12:00:00 GMT'));
    expect(await readSessionAnswer(answer)).toEqual({
      status: 'authenticated',
      user,
      session: { ...session, endsInSeconds: 30 },
    });
  });

  it.each([
    ['past the end', report, 'Sat, 21 Nov 2026 13:00:00 GMT', -3570],
    [
      'the absolute end first',
      { ...report, session: { ...report.session, absoluteExpiresAt: '2026-11-21T12:00:10.000Z' } },
      'Sat, 21 Nov 2026 12:00:00 GMT',
      10,
    ],
  ])('knows how long is left: %s', async (_what, body, date, endsInSeconds) => {
    expect(await readSessionAnswer(Response.json(body, at(date)))).toMatchObject({ session: { endsInSeconds } });
  });

  it('knows that nobody is logged in', async () => {
    expect(await readSessionAnswer(Response.json({ authenticated: false }))).toEqual({ status: 'anonymous' });
  });

  it.each([
    ['an outage', () => Response.json({ ...refusal, code: 'api_unavailable' }, { status: 503 })],
    ['another server’s page', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['a portal’s page', () => new Response('<h1>Welcome to the hotel</h1>')],
    ['JSON of somebody else', () => Response.json({ ok: true })],
  ])('takes %s for no word at all', async (_what, response) => {
    expect(await readSessionAnswer(response())).toEqual({ status: 'unknown' });
  });
});
