import { afterEach, describe, expect, it } from 'vitest';
import { createAuthApi } from '../../src/index.ts';
import { publicOrigin, scriptRequest } from '../fixtures/bff.ts';
import { type HttpAnswer, type HttpApi, serveApi } from '../fixtures/http-api.ts';
import { rotatingApi } from '../fixtures/rotating-api.ts';
import { type Browser, browser, type SessionTest, sessionTest } from '../fixtures/sessions.ts';

const servers: HttpApi[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface WireOptions {
  readonly refreshTimeoutSeconds?: number;
  readonly delayMs?: number;
  readonly isLost?: (call: number) => boolean;
}

/** Frontend processes in front of one API, over real HTTP. */
async function setUp({ refreshTimeoutSeconds = 15, delayMs = 0, isLost = () => false }: WireOptions = {}) {
  const clock = { now: Date.now() };
  const rotating = rotatingApi({ now: () => clock.now });
  const answer: HttpAnswer = async (request) => {
    const response = await rotating.handle(request);
    if (!request.url.endsWith('/api/refresh')) return response;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return isLost(rotating.calls.length) ? 'lost' : response;
  };
  const server = await serveApi(answer);
  servers.push(server);
  const api = createAuthApi({ url: server.url, clientId: 'web', clientSecret: 'client-secret', refreshTimeoutSeconds });
  const frontend = () => ({ ...sessionTest({ api, now: () => clock.now }), clock });
  const [first, second] = [frontend(), frontend()] as const;
  const person = browser(first);
  await person.login();
  return { first, second, person, rotating, clock };
}

const post = ({ bff }: SessionTest, person: Browser, signal?: AbortSignal) =>
  bff.refresh.handle(
    scriptRequest('/api/refresh', { method: 'POST', headers: { cookie: person.cookie() }, ...(signal && { signal }) }),
  );

describe('refreshing over a network', () => {
  it('makes one generation of a hundred requests at two processes', async () => {
    const { first, second, person, rotating, clock } = await setUp({ delayMs: 100 });
    clock.now += 900_000;
    const asking = Array.from({ length: 100 }, (_, index) => post(index % 2 === 0 ? first : second, person));
    const statuses = (await Promise.all(asking)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([rotating.calls.length, rotating.sessions.get('session-1')?.generation]).toEqual([2, 1]);
  });

  it('logs nobody out when every first answer is lost', { timeout: 30_000 }, async () => {
    const { first, second, person, rotating, clock } = await setUp({ isLost: (call) => call % 2 === 1 });
    for (let round = 0; round < 50; round += 1) {
      clock.now += 900_000;
      const lost = await post(round % 2 === 0 ? first : second, person);
      expect([lost.status, lost.headers.getSetCookie()]).toEqual([503, []]);
      const again = await post(first, person);
      expect(again.status).toBe(200);
      person.store(again);
    }
    expect(rotating.sessions.get('session-1')).toMatchObject({ generation: 50 });
  });

  it('waits for a slow API and lets others wait with it', async () => {
    const { first, person, rotating } = await setUp({ delayMs: 500 });
    const impatient = new AbortController();
    const left = post(first, person, impatient.signal);
    setTimeout(() => impatient.abort(), 50); // the browser that started it leaves
    const responses = await Promise.all([post(first, person), left]);
    expect([responses.map(({ status }) => status), rotating.calls.length]).toEqual([[200, 200], 1]);
  });

  it('takes no answer in time for an outage', async () => {
    const { first, person } = await setUp({ delayMs: 500, refreshTimeoutSeconds: 0.1 });
    expect((await post(first, person)).status).toBe(503);
    expect(first.lines).toContainEqual(
      expect.objectContaining({ details: expect.objectContaining({ reason: 'TimeoutError' }) }),
    );
  });

  it('brings a person back from a page with one round trip', async () => {
    const { first, person, clock } = await setUp();
    clock.now += 900_000;
    const visit = new Request(`${publicOrigin}/private`, { headers: { accept: 'text/html', cookie: person.cookie() } });
    expect((await first.bff.guard(visit)).kind).toBe('respond');
    expect(await person.visit('/private')).toMatchObject({ status: 200, hops: { length: 2 } });
  });
});
