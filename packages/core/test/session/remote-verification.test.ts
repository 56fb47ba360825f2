import { describe, expect, it } from 'vitest';
import type { AuthApi } from '../../src/index.ts';
import { createRemoteVerification } from '../../src/session/remote-verification.ts';
import { collect, type LogLine } from '../fixtures/bff.ts';
import { tokens } from '../fixtures/fake-api.ts';

type Verify = NonNullable<AuthApi['verify']>;
type Verdict = Awaited<ReturnType<Verify>>;

const from = { requestId: 'request-1' };
const { data } = await tokens();
const ok: Verdict = { kind: 'ok', value: data };
const refusal = (code: 'session_revoked' | 'session_expired' | 'invalid_token' | 'missing_token' | 'rate_limited') =>
  ({ kind: 'refused', status: 401, code, message: 'no' }) as const;

function setUp(answer: (accessToken: string) => Promise<Verdict>) {
  const lines: LogLine[] = [];
  const asked: string[] = [];
  const verify: Verify = (accessToken) => {
    asked.push(accessToken);
    return answer(accessToken);
  };
  return { lines, asked, verify: createRemoteVerification({ api: { verify }, logger: collect(lines) }) };
}

describe('createRemoteVerification', () => {
  it('passes on user and session as the API has them', async () => {
    const { verify } = setUp(async () => ok);
    expect(await verify('a.b.c', from)).toEqual({ kind: 'authenticated', user: data.user, session: data.session });
  });

  it.each([
    ['session_revoked', 'ended'],
    ['session_expired', 'ended'],
    ['invalid_token', 'token_refused'],
    ['missing_token', 'token_refused'],
    ['rate_limited', 'unavailable'],
  ] as const)('reads %s as %s', async (code, kind) => {
    const { verify } = setUp(async () => refusal(code));
    expect(await verify('a.b.c', from)).toEqual({ kind });
  });

  it.each<readonly [string, () => Promise<Verdict>]>([
    ['an outage', async () => ({ kind: 'unavailable', reason: 'ECONNREFUSED' })],
    ['an exception', () => Promise.reject(new Error('the token was a.b.c'))],
  ])('takes %s for no verdict', async (_name, answer) => {
    const { verify, lines } = setUp(answer);
    expect(await verify('a.b.c', from)).toEqual({ kind: 'unavailable' });
    expect(lines).toMatchObject([{ level: 'error', event: 'api_unavailable', details: { requestId: 'request-1' } }]);
    expect(JSON.stringify(lines)).not.toContain('a.b.c');
  });

  it('takes an API that cannot be asked for no verdict', async () => {
    const verify = createRemoteVerification({ api: {}, logger: collect([]) });
    expect(await verify('a.b.c', from)).toEqual({ kind: 'unavailable' });
  });

  it('asks once for a hundred concurrent questions', async () => {
    const { asked, verify } = setUp(async () => ok);
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => verify('a.b.c', from)));
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['authenticated']));
    expect(asked).toEqual(['a.b.c']);
  });

  it('never answers for another token', async () => {
    const { verify } = setUp(async (accessToken) => (accessToken === 'a.b.c' ? ok : refusal('session_revoked')));
    const verdicts = await Promise.all(['a.b.c', 'a.b.d', 'a.b.c'].map((token) => verify(token, from)));
    expect(verdicts.map(({ kind }) => kind)).toEqual(['authenticated', 'ended', 'authenticated']);
  });

  it('keeps no answer beyond its call', async () => {
    const verdicts: Verdict[] = [ok, refusal('session_revoked')];
    const { verify } = setUp(async () => verdicts.shift() ?? ok);
    expect((await verify('a.b.c', from)).kind).toBe('authenticated');
    expect((await verify('a.b.c', from)).kind).toBe('ended');
  });

  it('asks again after a failure', async () => {
    const verdicts: Verdict[] = [{ kind: 'unavailable', reason: 'ECONNREFUSED' }, ok];
    const { verify } = setUp(async () => verdicts.shift() ?? ok);
    expect((await verify('a.b.c', from)).kind).toBe('unavailable');
    expect((await verify('a.b.c', from)).kind).toBe('authenticated');
  });
});
