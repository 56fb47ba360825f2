import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal, expectSuccess } from '../support/contract.ts';
import { openFeed } from '../support/feed.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { age, logInAgain, refresh, rotate } from '../support/sessions.ts';
import {
  asBearer,
  asClient,
  basic,
  policy,
  type Registered,
  registerSomebody,
  startTestApp,
  type TestApp,
} from '../support/test-app.ts';

let api: TestApp;
let instance: Instance;
beforeAll(async () => {
  api = await startTestApp();
  instance = await startInstance(api, { hears: false });
});
afterAll(async () => {
  await instance.close();
  await api.close();
});

const feeds: Awaited<ReturnType<typeof openFeed>>[] = [];
const open = async (lastEventId?: string) => {
  const feed = await openFeed(instance.origin, lastEventId);
  feeds.push(feed);
  return feed;
};
afterEach(() => feeds.splice(0).forEach((feed) => feed.leave()));

const snapshot = (): request.Test => asClient(request(instance.origin).get('/api/revocations'));
const logout = (token: string): request.Test =>
  asBearer(request(instance.origin).post('/api/logout'), token).expect(200);
const sidsOf = (response: request.Response): string[] =>
  response.body.data.revocations.map(({ sid }: { sid: string }) => sid);

describe('GET /api/revocations', () => {
  it('answers the sessions that ended, oldest first', async () => {
    const [one, two, alive] = [
      await registerSomebody(api.app),
      await registerSomebody(api.app),
      await registerSomebody(api.app),
    ];
    await logout(two.token);
    await logout(one.token);
    const response = await snapshot();
    expectSuccess(response, 'revocations');
    expect(sidsOf(response).slice(-2)).toEqual([two.sessionId, one.sessionId]);
    expect(sidsOf(response)).not.toContain(alive.sessionId);
    expect(response.headers).toMatchObject({ 'cache-control': 'private, no-store', vary: 'Accept' });
  });

  it('forgets what no token can name any more', async () => {
    const { token, sessionId } = await registerSomebody(api.app);
    await logout(token);
    await age(api.database, sessionId, policy.accessTokenSeconds - 1);
    expect(sidsOf(await snapshot())).toContain(sessionId);
    await age(api.database, sessionId, 120);
    expect(sidsOf(await snapshot())).not.toContain(sessionId);
  });

  it('is for the client alone, as snapshot and as feed', async () => {
    const { token } = await registerSomebody(api.app);
    for (const accept of ['application/json', 'text/event-stream']) {
      const get = (): request.Test => request(api.app).get('/api/revocations').set('Accept', accept);
      expectRefusal(await get(), 'invalid_client');
      expectRefusal(await asBearer(get(), token), 'invalid_client');
      expectRefusal(await get().set('Authorization', basic('web', 'wrong')), 'invalid_client');
    }
  });

  it.each(['*/*', 'application/json', 'text/html', 'application/json, text/event-stream;q=0.5'])(
    'answers JSON to %s',
    async (accept) => {
      expectSuccess(await snapshot().set('Accept', accept), 'revocations');
    },
  );
});

describe('every way to end a session', () => {
  const ways: readonly [string, (somebody: Registered) => Promise<string>][] = [
    ['logout', async ({ token, sessionId }) => (await logout(token), sessionId)],
    [
      'logout by refresh token',
      async ({ refreshToken, sessionId }) => {
        await request(instance.origin).post('/api/logout').send({ refreshToken }).expect(200);
        return sessionId;
      },
    ],
    [
      'logout everywhere',
      async (somebody) => {
        const other = await logInAgain(api.app, somebody);
        await asBearer(request(instance.origin).post('/api/logout-all'), other.token).expect(200);
        return somebody.sessionId;
      },
    ],
    [
      'ending one session',
      async (somebody) => {
        const other = await logInAgain(api.app, somebody);
        await asBearer(request(instance.origin).delete(`/api/sessions/${somebody.sessionId}`), other.token).expect(200);
        return somebody.sessionId;
      },
    ],
    [
      'reuse of a refresh token',
      async ({ refreshToken, sessionId }) => {
        const second = await rotate(api.app, refreshToken);
        await rotate(api.app, second.refreshToken);
        expectRefusal(await refresh(instance.origin, refreshToken), 'refresh_token_reused');
        return sessionId;
      },
    ],
  ];

  it.each(ways)('reaches the feed at once: %s', async (_what, endIt) => {
    const somebody = await registerSomebody(api.app);
    const feed = await open();
    const sid = await endIt(somebody);
    const event = await feed.tells(sid);
    expect(feed.events.filter(({ data }) => data.sid === sid)).toHaveLength(1);
    expect(sidsOf(await snapshot())).toContain(event.data.sid);
    expectRefusal(await asBearer(request(instance.origin).get('/api/sessions'), somebody.token), 'session_revoked');
  });
});

describe('the feed', () => {
  it('opens with its headers and lives by heartbeats', async () => {
    const feed = await open();
    expect(feed.status).toBe(200);
    expect(feed.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(feed.headers.get('cache-control')).toBe('private, no-store, no-transform');
    expect(feed.headers.get('x-accel-buffering')).toBe('no');
    await vi.waitFor(() => expect(feed.comments()).toBeGreaterThanOrEqual(3), { timeout: 25_000 });
  });

  it.each([
    undefined,
    '',
    'x',
    '0',
    `1.${randomUUID()}`,
    `99999999999999.${randomUUID()}`,
    '17.not-a-session',
    '9'.repeat(400),
  ])('begins with everything after %s', async (lastEventId) => {
    const { token, sessionId } = await registerSomebody(api.app);
    await logout(token);
    await age(api.database, sessionId, 300);
    const feed = await open(lastEventId);
    expect((await feed.tells(sessionId)).data.sid).toBe(sessionId);
  });

  it('goes on after what the client has seen', async () => {
    const [old, seen, missed] = [
      await registerSomebody(api.app),
      await registerSomebody(api.app),
      await registerSomebody(api.app),
    ];
    await logout(old.token);
    await age(api.database, old.sessionId, 300);
    const first = await open();
    await logout(seen.token);
    const { id } = await first.tells(seen.sessionId);
    first.leave();
    await logout(missed.token);

    const second = await open(id);
    await second.tells(missed.sessionId);
    expect(second.events.map(({ data }) => data.sid)).not.toContain(old.sessionId);
  });

  it('leaves out the very event whose id was given', async () => {
    const [near, seen, missed] = [
      await registerSomebody(api.app),
      await registerSomebody(api.app),
      await registerSomebody(api.app),
    ];
    const first = await open();
    await logout(near.token);
    await logout(seen.token);
    const { id } = await first.tells(seen.sessionId);
    first.leave();
    await logout(missed.token);

    const second = await open(id);
    await second.tells(missed.sessionId);
    const sids = second.events.map(({ data }) => data.sid);
    expect(sids).toContain(near.sessionId);
    expect(sids).not.toContain(seen.sessionId);
  });

  it('goes on from the cursor of a snapshot', async () => {
    const { body } = await snapshot();
    const { token, sessionId } = await registerSomebody(api.app);
    await logout(token);
    const feed = await open(body.data.cursor);
    expect((await feed.tells(sessionId)).data.sid).toBe(sessionId);
  });

  it('repeats what came out of order', async () => {
    const [early, late] = [await registerSomebody(api.app), await registerSomebody(api.app)];
    const first = await open();
    await logout(late.token);
    const { id } = await first.tells(late.sessionId);
    await logout(early.token);
    await age(api.database, early.sessionId, 5); // as if its commit had taken five seconds
    const second = await open(id);
    expect((await second.tells(early.sessionId)).data.sid).toBe(early.sessionId);
  });

  it('frees everything when a client leaves', async () => {
    const { revocationSet } = instance.services;
    const watch = revocationSet.watch.bind(revocationSet);
    const unwatched = vi.fn<() => void>();
    vi.spyOn(revocationSet, 'watch').mockImplementationOnce((watcher) => {
      const unwatch = watch(watcher);
      return () => (unwatched(), unwatch());
    });
    const feed = await open();
    expect(unwatched).not.toHaveBeenCalled();
    feed.leave();
    await vi.waitFor(() => expect(unwatched).toHaveBeenCalledTimes(1));
  });

  it('drops a client that does not read', async () => {
    const { hostname, port } = new URL(instance.origin);
    const socket = connect(Number(port), hostname);
    const authorization = basic(policy.client.id, policy.client.secret);
    socket.write(
      `GET /api/revocations HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: ${authorization}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const closed = vi.fn<() => void>();
    socket.on('error', closed).on('close', closed);
    const flood = Array.from({ length: 200_000 }, () => ({ id: randomUUID(), revokedAt: new Date() }));
    instance.services.revocationSet.add(flood);
    await new Promise((resolve) => setTimeout(resolve, 50));
    instance.services.revocationSet.add([{ id: randomUUID(), revokedAt: new Date() }]);
    socket.resume();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 25_000 });
  });

  it('ends and refuses while the process is deaf to the others', async () => {
    const deaf = await startInstance(api, { hears: false });
    const feed = await openFeed(deaf.origin);
    deaf.services.revocationSet.setCurrent(false);
    await vi.waitFor(() => expect(feed.isOver()).toBe(true));
    expect((await openFeed(deaf.origin)).status).toBe(503);
    const { token, sessionId } = await registerSomebody(api.app);
    await api.services.sessions.end(sessionId, 'logout');
    expectRefusal(await asBearer(request(deaf.origin).get('/api/sessions'), token), 'session_revoked');
    await deaf.close();
  });

  it('answers HEAD without staying open', async () => {
    const response = await asClient(request(api.app).head('/api/revocations')).set('Accept', 'text/event-stream');
    expect(response.status).toBe(200);
  });
});
