import { exportJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { remoteKeys } from '../../src/access-token/remote-keys.ts';
import { silentLogger } from '../../src/logger.ts';
import { json } from '../fixtures/fake-api.ts';
import { foreignPair, jwks, kid, pair, publicJwk } from '../fixtures/issuer.ts';
import { unobserved } from '../../src/observer.ts';

const url = 'http://127.0.0.1:4000/.well-known/jwks.json';
const nextKey = { ...(await exportJWK(foreignPair.publicKey)), kid: 'key-2', alg: 'ES256', use: 'sig' };

function setUp(first: () => Response | Promise<Response>) {
  const api = { answer: first, calls: 0 };
  const clock = { now: 1_000_000 };
  const fetch = async () => {
    api.calls += 1;
    return api.answer();
  };
  return {
    api,
    clock,
    keys: remoteKeys({ url, fetch, now: () => clock.now, logger: silentLogger, observe: unobserved }),
  };
}

const published = () => json(200, jwks);
const rotated = () => json(200, { keys: [nextKey, publicJwk] });
const down = (): Response => {
  throw new TypeError('fetch failed');
};

describe('remoteKeys', () => {
  it('fetches once for a hundred concurrent look-ups', async () => {
    const { api, keys } = setUp(published);
    const found = await Promise.all(Array.from({ length: 100 }, () => keys.find(kid)));
    expect(new Set(found.map((lookup) => lookup.kind))).toEqual(new Set(['found']));
    expect(api.calls).toBe(1);
  });

  it('keeps the last good keys while the API is down', async () => {
    const { api, clock, keys } = setUp(published);
    await keys.warmUp();
    api.answer = down;
    clock.now += 30 * 24 * 3_600_000;
    expect((await keys.find(kid)).kind).toBe('found');
  });

  it('serves old keys at once and refreshes behind them', async () => {
    const { api, clock, keys } = setUp(published);
    await keys.warmUp();
    const answers: ((response: Response) => void)[] = [];
    api.answer = () => new Promise<Response>((resolve) => void answers.push(resolve));
    clock.now += 10 * 60_000;
    expect((await keys.find(kid)).kind).toBe('found');
    expect(api.calls).toBe(2);
    answers[0]?.(rotated());
    await keys.warmUp();
    expect((await keys.find('key-2')).kind).toBe('found');
    expect(api.calls).toBe(2);
  });

  it('learns of a rotation from an unknown key id', async () => {
    const { api, clock, keys } = setUp(published);
    await keys.warmUp();
    api.answer = rotated;
    clock.now += 1_000;
    expect((await keys.find('key-2')).kind).toBe('found');
    expect((await keys.find(kid)).kind).toBe('found');
  });

  it('asks once a second at most for unknown key ids', async () => {
    const { api, clock, keys } = setUp(published);
    await keys.warmUp();
    for (let forgery = 0; forgery < 50; forgery += 1) {
      expect((await keys.find(`forged-${forgery}`)).kind).toBe('unknown');
    }
    expect(api.calls).toBe(1);
    clock.now += 1_000;
    expect((await keys.find('forged')).kind).toBe('unknown');
    expect(api.calls).toBe(2);
  });

  it('does not call a key unknown while the API is down', async () => {
    const { api, clock, keys } = setUp(published);
    await keys.warmUp();
    api.answer = down;
    clock.now += 1_000;
    expect((await keys.find('key-2')).kind).toBe('unavailable');
    expect((await keys.find('key-2')).kind).toBe('unavailable');
    expect(api.calls).toBe(2);
  });

  it('pauses a second after a failure, then recovers', async () => {
    const { api, clock, keys } = setUp(down);
    expect((await keys.find(kid)).kind).toBe('unavailable');
    api.answer = published;
    clock.now += 999;
    expect((await keys.find(kid)).kind).toBe('unavailable');
    expect(api.calls).toBe(1);
    clock.now += 1;
    expect((await keys.find(kid)).kind).toBe('found');
  });

  it('goes on fetching when the clock is set back', async () => {
    const { api, clock, keys } = setUp(down);
    await keys.warmUp();
    clock.now -= 3_600_000;
    api.answer = published;
    expect((await keys.find(kid)).kind).toBe('found');
  });
});

describe('documents that must not become keys', () => {
  it.each<readonly [string, () => Response]>([
    ['an error page', () => new Response('<html>', { status: 200 })],
    ['a server error', () => json(500, jwks)],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['no keys', () => json(200, { keys: [] })],
    ['no list', () => json(200, { keys: publicJwk })],
    ['null', () => json(200, null)],
    ['a document without end', () => new Response(' '.repeat(70_000))],
    ['a symmetric key', () => json(200, { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid, alg: 'ES256' }] })],
    ['a key for encryption', () => json(200, { keys: [{ ...publicJwk, use: 'enc' }] })],
    ['a key of another algorithm', () => json(200, { keys: [{ ...publicJwk, alg: 'HS256' }] })],
    ['a key of another curve', () => json(200, { keys: [{ ...publicJwk, crv: 'P-384' }] })],
    ['a key without an id', () => json(200, { keys: [{ ...publicJwk, kid: undefined }] })],
    ['a point off the curve', () => json(200, { keys: [{ ...publicJwk, x: 'AAAA' }] })],
    ['entries that are no objects', () => json(200, { keys: [null, 1, 'x', []] })],
  ])('are a failed fetch: %s', async (_name, answer) => {
    const { api, clock, keys } = setUp(answer);
    expect((await keys.find(kid)).kind).toBe('unavailable');

    api.answer = published;
    clock.now += 1_000;
    await keys.warmUp();
    api.answer = answer;
    clock.now += 10 * 60_000;
    await keys.warmUp();
    expect((await keys.find(kid)).kind).toBe('found');
  });

  it('keeps the good entries of a mixed document', async () => {
    const { keys } = setUp(() => json(200, { keys: [{ kty: 'RSA', kid: 'other' }, publicJwk] }));
    expect((await keys.find(kid)).kind).toBe('found');
  });

  it('never takes a private member into the key', async () => {
    const { d } = await exportJWK(pair.privateKey);
    const { keys } = setUp(() => json(200, { keys: [{ ...publicJwk, d }] }));
    const lookup = await keys.find(kid);
    expect(lookup.kind === 'found' && lookup.key.type).toBe('public');
  });
});
