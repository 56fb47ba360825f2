import { describe, expect, it } from 'vitest';
import { scriptRequest } from '../fixtures/bff.ts';
import { json, tokens } from '../fixtures/fake-api.ts';
import { refused } from '../fixtures/rotating-api.ts';
import { browser, sessionTest, type SessionTestOptions } from '../fixtures/sessions.ts';

async function setUp(options: SessionTestOptions = {}) {
  const test = sessionTest(options);
  const { data } = await tokens();
  let questions = 0;
  test.api.answers.set('/api/verify', (request) => {
    questions += 1;
    expect(request.headers.get('authorization')).toMatch(/^Bearer eyJ/);
    return json(200, { success: true, authenticated: true, message: 'valid token', data });
  });
  const person = browser(test);
  await person.login();
  const kind = async () => (await test.bff.authenticate(person.cookie())).kind;
  return { test, person, kind, questions: () => questions };
}

describe('local verification', () => {
  it('asks nobody, however stale the feed is', async () => {
    const { test, kind, questions } = await setUp();
    test.clock.now += 600_000;
    expect([await kind(), questions()]).toEqual(['authenticated', 0]);
  });
});

describe('remote verification', () => {
  it('asks the API each time, and takes its user', async () => {
    const { test, person, kind, questions } = await setUp({ verification: 'remote' });
    await kind();
    await kind();
    expect(questions()).toBe(2);
    expect(await test.bff.authenticate(person.cookie())).toMatchObject({ user: { email: 'ada@example.com' } });
  });

  it.each([
    ['revoked', () => refused('session_revoked'), { kind: 'anonymous', reason: 'session_revoked' }],
    ['over', () => refused('session_expired'), { kind: 'anonymous', reason: 'session_revoked' }],
    ['of a token that is late', () => refused('invalid_token'), { kind: 'expired' }],
    ['not known', () => json(500, {}), { kind: 'unavailable' }],
  ])('believes that a session is %s', async (_name, answer, expected) => {
    const { test, person } = await setUp({ verification: 'remote' });
    test.api.answers.set('/api/verify', answer);
    expect(await test.bff.authenticate(person.cookie())).toMatchObject(expected);
  });

  it('still refuses a bad cookie by itself', async () => {
    const { test, questions } = await setUp({ verification: 'remote' });
    expect((await test.bff.authenticate('__Host-Http-session=garbage')).kind).toBe('anonymous');
    expect(questions()).toBe(0);
  });
});

describe('a feed that is stale', () => {
  it('makes the API be asked, if so configured', async () => {
    const { test, kind, questions } = await setUp({ revocationOnStale: 'remote', revocationMaxStalenessSeconds: 5 });
    expect([await kind(), questions()]).toEqual(['authenticated', 0]);
    test.clock.now += 5_001;
    expect([await kind(), questions()]).toEqual(['authenticated', 1]);
    test.api.answers.delete('/api/verify');
    expect(await kind()).toBe('unavailable');
  });
});

describe('several cookies', () => {
  it('are refreshed from the newest generation, wherever it stands', async () => {
    const { test, person } = await setUp();
    const older = person.cookie();
    test.clock.now += 61_000;
    const refresh = (cookie: string) =>
      test.bff.refresh.handle(scriptRequest('/api/refresh', { method: 'POST', headers: { cookie } }));
    person.store(await refresh(older));
    test.clock.now += 61_000; // after the grace the older one looks like theft
    for (const cookie of [`${older}; ${person.cookie()}`, `${person.cookie()}; ${older}`]) {
      const response = await refresh(cookie);
      expect(response.status).toBe(200);
    }
    expect(test.rotating.sessions.get('session-1')?.endedBy).toBeUndefined();
  });
});
