import { describe, expect, it } from 'vitest';
import { serializeSetCookie } from '../../src/index.ts';
import { sessionContent } from '../../src/session/session-content.ts';
import { createTokenSession } from '../../src/session/token-session.ts';
import { tokens } from '../fixtures/fake-api.ts';
import { claims, epoch, mint } from '../fixtures/issuer.ts';

const ends = { session_expires_at: epoch + 604_800, session_absolute_expires_at: epoch + 2_592_000 };
const profile = { ...ends, email: 'ada@example.com', name: 'Ada' };

function storeAt(now = epoch * 1000) {
  const clock = { now };
  const store = createTokenSession({
    publicOrigin: 'https://app.example.com',
    cookieDomain: 'example.com',
    now: () => clock.now,
  });
  return { ...store, clock };
}

async function sessionOf(sid: string, generation = 0, changes: Record<string, unknown> = {}) {
  return {
    access: await mint({ payload: { ...claims, ...profile, sid, ...changes } }),
    refresh: `v1.${sid}.${generation}.mac`,
  };
}

function headerOf(access: readonly string[], refresh: readonly string[]): string {
  return [
    ...access.map((value) => `__Secure-access=${value}`),
    ...refresh.map((value) => `__Secure-refresh=${value}`),
  ].join('; ');
}

const mine = await sessionOf('session-1');
const bare = await mint();

describe('the cookies of shared-domain mode', () => {
  it('reads back what it wrote, as hearsay', async () => {
    const store = storeAt();
    const answer = await tokens({ token: mine.access, refreshToken: mine.refresh });
    const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt: store.clock.now });
    const written = (await store.write(content, null)).map((cookie) => `${cookie.name}=${cookie.value}`);
    const [candidate = ''] = store.candidates(written.join('; '));
    expect(await store.open(candidate)).toEqual({
      kind: 'opened',
      isVouched: false,
      content: { ...content, user: { id: 'user-1', email: 'ada@example.com', name: 'Ada', role: 'USER' } },
    });
  });

  it('finds nothing where there is nothing', () => {
    expect(storeAt().candidates('other=1; __Secure-access=')).toEqual([]);
  });

  it.each([
    ['rubbish', ['rubbish'], ['rubbish']],
    ['a token that tells nothing of the session', [bare], []],
    ['a foreign refresh token', [], ['opaque']],
  ])('cannot read %s', async (_what, access, refresh) => {
    const store = storeAt();
    const opened = await Promise.all(store.candidates(headerOf(access, refresh)).map((one) => store.open(one)));
    expect(opened).toEqual([{ kind: 'unreadable' }]);
  });

  it('keeps a session whose access token is lost', async () => {
    const store = storeAt();
    const [candidate = ''] = store.candidates(headerOf([], [mine.refresh]));
    expect(await store.open(candidate)).toMatchObject({
      kind: 'opened',
      content: { accessToken: '', refreshToken: mine.refresh, user: { email: '' } },
    });
  });

  it('lets an access token alone live until its own end', async () => {
    const store = storeAt();
    const [candidate = ''] = store.candidates(headerOf([mine.access], []));
    expect(await store.open(candidate)).toMatchObject({
      content: { refreshToken: '', expiresAt: (epoch + 900) * 1000 },
    });
    store.clock.now += 900_000;
    expect(await store.open(candidate)).toEqual({ kind: 'over' });
  });

  it('does not renew one session with the token of another', async () => {
    const store = storeAt();
    const [candidate = ''] = store.candidates(headerOf([mine.access], ['v1.session-2.0.mac']));
    expect(await store.open(candidate)).toMatchObject({ content: { refreshToken: '' } });
  });

  it('pairs the tokens of twins by their session, in either order', async () => {
    const store = storeAt();
    const theirs = await sessionOf('session-2');
    const pairs = [`${mine.access} ${mine.refresh}`, `${theirs.access} ${theirs.refresh}`];
    const header = headerOf([mine.access, theirs.access], [theirs.refresh, mine.refresh]);
    expect(store.candidates(header)).toEqual(pairs);
    expect(store.candidates(headerOf([theirs.access, mine.access], [mine.refresh, theirs.refresh]))).toEqual(
      pairs.toReversed(),
    );
  });

  it('shows the API the newest of a session’s refresh tokens', async () => {
    const store = storeAt();
    const older = await sessionOf('session-1', 3, { jti: 'older' });
    const newer = await sessionOf('session-1', 4, { jti: 'newer' });
    for (const refresh of [
      [older.refresh, newer.refresh],
      [newer.refresh, older.refresh],
    ]) {
      expect(store.candidates(headerOf([older.access, newer.access], refresh))).toEqual([
        `${older.access} ${newer.refresh}`,
        `${newer.access} ${newer.refresh}`,
      ]);
    }
  });

  it('keeps a refresh token whose access token a twin hides', async () => {
    const store = storeAt();
    const theirs = await sessionOf('session-2');
    const header = headerOf(['rubbish', theirs.access], [theirs.refresh, mine.refresh]);
    expect(store.candidates(header)).toEqual([`${theirs.access} ${theirs.refresh}`, ` ${mine.refresh}`]);
  });

  it('is over at the idle end', async () => {
    const store = storeAt((epoch + 604_800) * 1000);
    const [candidate = ''] = store.candidates(headerOf([mine.access], [mine.refresh]));
    expect(await store.open(candidate)).toEqual({ kind: 'over' });
  });

  it.each([
    ['behind', -60_000],
    ['ahead', 60_000],
  ])('reads times by an API clock that is %s, once an answer has told it', async (_side, aheadMs) => {
    const store = storeAt(epoch * 1000 - aheadMs);
    const answer = await tokens({ token: mine.access, refreshToken: mine.refresh });
    const content = sessionContent(answer, { issuedAtSeconds: epoch, receivedAt: store.clock.now });
    await store.write(content, null);
    const [candidate = ''] = store.candidates(headerOf([mine.access], [mine.refresh]));
    expect(await store.open(candidate)).toMatchObject({
      content: { expiresAt: store.clock.now + 604_800_000, apiClockAheadMs: aheadMs },
    });
  });

  it('learns of an API clock far ahead from a token of the future', async () => {
    const store = storeAt(epoch * 1000 - 60_000);
    const [candidate = ''] = store.candidates(headerOf([mine.access], [mine.refresh]));
    expect(await store.open(candidate)).toMatchObject({ content: { apiClockAheadMs: 60_000 } });
  });

  it('refuses to store what the guard could not read', async () => {
    const store = storeAt();
    const receipt = { issuedAtSeconds: epoch, receivedAt: store.clock.now };
    const refusalOf = async (token: string) => store.refusalOf(sessionContent(await tokens({ token }), receipt));
    expect(await refusalOf(mine.access)).toBeUndefined();
    expect(await refusalOf(await mint())).toBe('the access token does not carry the session');
    const large = await mint({ payload: { ...claims, ...profile, name: 'x'.repeat(4_000) } });
    expect(await refusalOf(large)).toBe('a token is too large for a cookie');
  });

  it('removes its leftovers in every scope, and nobody else’s cookies', () => {
    const store = storeAt();
    const lines = store.remove(`${headerOf([mine.access], [mine.refresh])}; other=1`).map(serializeSetCookie);
    const scopes = lines.map((line) => /^([^=]+)=; (?:Domain=([^;]+); )?Path/.exec(line)?.slice(1, 3));
    expect(scopes).toEqual([
      ['__Secure-access', undefined],
      ['__Secure-access', 'app.example.com'],
      ['__Secure-access', 'example.com'],
      ['__Secure-refresh', undefined],
      ['__Secure-refresh', 'app.example.com'],
      ['__Secure-refresh', 'example.com'],
    ]);
    expect(store.remove('__Secure-access=of-another-program; __Secure-refresh=1')).toEqual([]);
  });
});
