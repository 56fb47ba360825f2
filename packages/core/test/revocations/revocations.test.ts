import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOpenFeed } from '../../src/api/revocation-feed.ts';
import { createRevocations, type Revocations, type RevocationsOptions } from '../../src/revocations/revocations.ts';
import { collect, type LogLine } from '../fixtures/bff.ts';
import {
  type FeedConnection,
  type FeedServer,
  heartbeat,
  openStream,
  revokedEvent,
  startFeedServer,
} from '../fixtures/feed-server.ts';

const silenceMs = 500;
const authorization = 'Basic d2ViOnNlY3JldA==';

let server: FeedServer;
let lines: LogLine[];
const started: Revocations[] = [];

beforeEach(async () => {
  server = await startFeedServer();
  lines = [];
});

afterEach(async () => {
  for (const revocations of started.splice(0)) revocations.stop();
  await server.stop();
});

function subscribe(changes: Partial<RevocationsOptions> = {}): Revocations {
  const revocations = createRevocations({
    openFeed: createOpenFeed({ url: server.url, authorization, fetch }),
    now: Date.now,
    logger: collect(lines),
    maxStalenessSeconds: 30,
    silenceMs,
    firstPauseMs: 30,
    longestPauseMs: 60,
    ...changes,
  });
  started.push(revocations);
  revocations.start();
  return revocations;
}

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 30_000, interval: 5 });
const isLive = (revocations: Revocations) => () => revocations.state().kind === 'live';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const reasons = () =>
  lines.filter(({ event }) => event === 'revocation_feed_down').map(({ details }) => details['reason']);

async function connection(index: number): Promise<FeedConnection> {
  return vi.waitUntil(() => server.connections[index], { timeout: 30_000, interval: 5 });
}

describe('a live feed', () => {
  it('names a session within moments of its end', async () => {
    const revocations = subscribe();
    await until(isLive(revocations));
    expect(revocations.isRevoked('session-1')).toBe(false);
    (await connection(0)).send(revokedEvent('session-1', 'cursor-1'));
    await until(() => revocations.isRevoked('session-1'));
    expect(revocations.isRevoked('session-2')).toBe(false);
    expect(revocations.state()).toMatchObject({ kind: 'live', known: 1, lagMs: expect.any(Number) });
  });

  it('calls back those who wait for the end of a session', async () => {
    const revocations = subscribe();
    const told: string[] = [];
    revocations.onEnd('session-1', () => told.push('by the feed'));
    revocations.onEnd('session-2', () => told.push('by this process'));
    revocations.onEnd('session-2', () => told.push('never'))();
    revocations.revoke('session-2');
    const { send } = await connection(0);
    for (let times = 0; times < 3; times += 1) send(revokedEvent('session-1', `cursor-${times}`));
    await until(() => told.length === 2);
    revocations.onEnd('session-1', () => told.push('after it'));
    await until(() => told.length === 3);
    expect(told).toEqual(['by this process', 'by the feed', 'after it']);
  });

  it('presents the client credential and no cursor at first', async () => {
    await until(isLive(subscribe()));
    const { headers } = await connection(0);
    expect(headers).toMatchObject({ authorization, accept: 'text/event-stream' });
    expect(headers).not.toHaveProperty('last-event-id');
  });

  it.each([
    ['comments', heartbeat],
    ['events of another name', 'event: news\ndata: x\n\n'],
    ['revocations', revokedEvent('session-1', 'cursor-1')],
  ])('stays live on %s alone', async (_name, sign) => {
    const revocations = subscribe();
    const { send } = await connection(0);
    for (let beat = 0; beat < 20; beat += 1) {
      send(sign);
      await pause(silenceMs / 8);
    }
    expect([server.connections.length, revocations.state().kind, reasons()]).toEqual([1, 'live', []]);
  });

  it('is opened once however often it is started', async () => {
    const revocations = subscribe();
    revocations.start();
    await until(isLive(revocations));
    revocations.start();
    await pause(50);
    expect(server.connections.length).toBe(1);
  });

  it('takes a snapshot that is told again', async () => {
    const revocations = subscribe();
    const { send } = await connection(0);
    for (const sid of ['a', 'b', 'a', 'b', 'c']) send(revokedEvent(sid, `cursor-${sid}`));
    await until(() => revocations.isRevoked('c'));
    expect(revocations.state().known).toBe(3);
  });

  it('reads a long snapshot that arrives at once', async () => {
    const revocations = subscribe();
    const sids = Array.from({ length: 20_000 }, (_, index) => `session-${index}`);
    (await connection(0)).send(sids.map((sid) => revokedEvent(sid, `cursor-${sid}`)).join(''));
    await until(() => revocations.isRevoked('session-19999'));
    expect(sids.every((sid) => revocations.isRevoked(sid))).toBe(true);
    expect(server.connections.length).toBe(1);
  });
});

describe('a feed that is lost', () => {
  it('is down after a silence, and catches up on what was missed', async () => {
    const revocations = subscribe();
    const first = await connection(0);
    first.send(revokedEvent('session-1', 'cursor-1'));
    await until(() => revocations.isRevoked('session-1'));
    server.answer = (next) => {
      openStream(next);
      if (next.headers['last-event-id'] === 'cursor-1') next.send(revokedEvent('session-2', 'cursor-2'));
    };
    await until(() => revocations.isRevoked('session-2'));
    expect(reasons()).toEqual(['silence']);
    expect(first.isClosed()).toBe(true);
    expect(revocations.isRevoked('session-1')).toBe(true);
    expect(lines.map(({ event }) => event)).toEqual([
      'revocation_feed_live',
      'revocation_feed_down',
      'revocation_feed_live',
    ]);
  });

  it('is found again after the API was away', async () => {
    const revocations = subscribe();
    (await connection(0)).send(revokedEvent('session-1', 'cursor-1'));
    await until(() => revocations.isRevoked('session-1'));
    server.answer = ({ response }) => response.destroy();
    (await connection(0)).response.destroy();
    await until(() => server.connections.length >= 4);
    expect([revocations.state().kind, reasons().length]).toEqual(['down', 1]);
    server.answer = (next) => {
      openStream(next);
      next.send(revokedEvent('session-2', 'cursor-2'));
    };
    await until(() => revocations.isRevoked('session-2'));
    expect(server.connections.at(-1)?.headers['last-event-id']).toBe('cursor-1');
  });

  it('is asked for from the last good cursor after a bad event', async () => {
    const revocations = subscribe();
    const { send, response } = await connection(0);
    send(revokedEvent('session-1', 'cursor-1'));
    send(revokedEvent('session-2', 'cursor 2'));
    send('event: revoked\nid: cursor-3\ndata: {}\n\n');
    await until(() => lines.some(({ event }) => event === 'revocation_unreadable'));
    response.destroy();
    expect((await connection(1)).headers['last-event-id']).toBe('cursor-1');
    expect(revocations.isRevoked('session-2')).toBe(true);
  });

  it.each<readonly [string, FeedServer['answer'], string]>([
    ['refuses us', ({ response }) => response.writeHead(401).end('{}'), 'status 401'],
    ['fails', ({ response }) => response.writeHead(500).end('{}'), 'status 500'],
    ['redirects us', ({ response }) => response.writeHead(302, { location: server.url }).end(), 'status 302'],
    ['shows a page', ({ response }) => response.writeHead(200).end('<p>hello'), 'not an event stream'],
    ['never answers', () => undefined, 'silence'],
    ['opens a stream and says nothing', openStream, 'silence'],
    ['ends the stream at once', (next) => (openStream(next), next.response.end()), 'the API ended the stream'],
    ['hangs up', ({ response }) => response.destroy(), 'UND_ERR_SOCKET'],
    ['sends a line without end', (next) => (openStream(next), next.send('x'.repeat(200_000))), 'an endless event'],
    ['sends noise', (next) => (openStream(next), next.send('\u0000\uFFFF\n{}\ndata\n'.repeat(99))), 'silence'],
  ])('stays down while the API %s, then recovers', async (_name, answer, reason) => {
    server.answer = answer;
    const revocations = subscribe();
    await connection(2);
    expect([revocations.state().kind, reasons()]).toEqual(['down', [reason]]);
    await until(() => server.connections.slice(0, 2).every((earlier) => earlier.isClosed()));
    server.answer = (next) => {
      openStream(next);
      next.send(revokedEvent('session-1', 'cursor-1'));
    };
    await until(() => revocations.isRevoked('session-1'));
    expect(revocations.state().kind).toBe('live');
  });

  it('is stale beyond the maximum, and fresh with the first word', async () => {
    server.answer = ({ response }) => response.destroy();
    const revocations = subscribe({ maxStalenessSeconds: 0.3 });
    expect(revocations.isStale()).toBe(false);
    await until(() => revocations.isStale());
    server.answer = (next) => {
      openStream(next);
      next.send(heartbeat);
    };
    await until(() => !revocations.isStale());
    expect(revocations.state().kind).toBe('live');
  });

  it('is not called silent while this process is busy', async () => {
    const revocations = subscribe();
    await until(isLive(revocations));
    const { send } = await connection(0);
    const beat = setInterval(() => send(heartbeat), silenceMs / 4);
    send(heartbeat);
    const busyUntil = performance.now() + 2 * silenceMs;
    while (performance.now() < busyUntil);
    await pause(2 * silenceMs);
    clearInterval(beat);
    expect([server.connections.length, revocations.state().kind]).toEqual([1, 'live']);
  });
});

describe('a stop', () => {
  it.each<readonly [string, FeedServer['answer']]>([
    ['a live stream', (next) => (openStream(next), next.send(heartbeat))],
    ['a request without an answer', () => undefined],
  ])('closes %s at once', async (_name, answer) => {
    server.answer = answer;
    const revocations = subscribe({ silenceMs: 60_000 });
    const { isClosed } = await connection(0);
    await pause(50);
    revocations.stop();
    revocations.stop();
    await until(isClosed);
    await pause(100);
    expect([server.connections.length, revocations.state().kind, reasons()]).toEqual([1, 'idle', []]);
  });

  it('ends a pause between two attempts', async () => {
    server.answer = ({ response }) => response.destroy();
    const revocations = subscribe({ firstPauseMs: 100, longestPauseMs: 100 });
    await until(() => reasons().length === 1);
    revocations.stop();
    await pause(200);
    expect(server.connections.length).toBe(1);
  });

  it('lets a start go on from the last cursor', async () => {
    const revocations = subscribe();
    (await connection(0)).send(revokedEvent('session-1', 'cursor-1'));
    await until(() => revocations.isRevoked('session-1'));
    revocations.stop();
    revocations.start();
    await until(isLive(revocations));
    expect((await connection(1)).headers['last-event-id']).toBe('cursor-1');
    await until(() => server.connections[0]?.isClosed() === true);
    expect([revocations.isRevoked('session-1'), server.connections.length]).toEqual([true, 2]);
  });
});

describe('without a feed', () => {
  it('takes this process\u2019s own word', () => {
    const revocations = subscribe({ openFeed: undefined });
    revocations.revoke('session-1');
    expect([revocations.isRevoked('session-1'), revocations.isRevoked('session-2')]).toEqual([true, false]);
    expect(revocations.state()).toMatchObject({ kind: 'idle', known: 1, lagMs: undefined });
  });

  it('says once that sessions had to be dropped', () => {
    const revocations = subscribe({ openFeed: undefined, capacity: 2 });
    for (const sid of ['a', 'b', 'c', 'd']) revocations.revoke(sid);
    expect([revocations.isRevoked('b'), revocations.isRevoked('d')]).toEqual([false, true]);
    expect(lines).toEqual([{ level: 'error', event: 'revoked_sessions_overflow', details: { capacity: 2 } }]);
  });
});

it('never logs the client credential', async () => {
  const revocations = subscribe({ openFeed: createOpenFeed({ url: 'http://127.0.0.1:1', authorization, fetch }) });
  await until(() => reasons().length === 1);
  expect(revocations.state().kind).toBe('down');
  expect(JSON.stringify(lines)).not.toMatch(/d2Vi|Basic/);
});
