import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedEvent, OpenFeed } from '../../src/api/revocation-feed.ts';
import { createSubscriber } from '../../src/revocations/subscriber.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(openFeed: OpenFeed, random = 0.5) {
  const openedAt: number[] = [];
  const reasons: string[] = [];
  const subscriber = createSubscriber({
    openFeed(options) {
      openedAt.push(Date.now());
      return openFeed(options);
    },
    onEvent: () => undefined,
    onDown: (reason) => void reasons.push(reason),
    random: () => random,
    silenceMs: 2_000,
    firstPauseMs: 750,
    longestPauseMs: 1_500,
  });
  const gaps = () => openedAt.slice(1).map((at, index) => Math.round(at - (openedAt[index] ?? 0)));
  return { subscriber, reasons, gaps };
}

const refusing: OpenFeed = () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
const silent: OpenFeed = () => new Promise(() => undefined);
const brief: OpenFeed = async () => oneHeartbeat();

async function* oneHeartbeat(): AsyncGenerator<FeedEvent> {
  yield { kind: 'heartbeat' };
}

async function run(openFeed: OpenFeed, random?: number) {
  const set = setUp(openFeed, random);
  set.subscriber.start();
  await vi.advanceTimersByTimeAsync(10_000);
  set.subscriber.stop();
  return { gaps: set.gaps().slice(0, 3), reasons: new Set(set.reasons) };
}

describe('createSubscriber', () => {
  it.each([
    ['that was live', brief, 0, [250, 250, 250], 'the API ended the stream'],
    ['that was live', brief, 1, [750, 750, 750], 'the API ended the stream'],
    ['that cannot be reached', refusing, 0, [500, 500, 500], 'ECONNREFUSED'],
    ['that cannot be reached', refusing, 1, [1_500, 1_500, 1_500], 'ECONNREFUSED'],
    ['whose client is deaf to the end', silent, 0, [2_550, 2_550, 2_550], 'silence'],
  ] as const)('returns to a feed %s within its time', async (_name, openFeed, random, gaps, reason) => {
    expect(await run(openFeed, random)).toEqual({ gaps, reasons: new Set([reason]) });
  });

  it('leaves no timer behind when it stops', async () => {
    for (const openFeed of [brief, refusing, silent]) {
      const { subscriber } = setUp(openFeed);
      subscriber.start();
      await vi.advanceTimersByTimeAsync(300);
      subscriber.stop();
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('leaves nothing open when a connection ends', async () => {
    const signals: AbortSignal[] = [];
    const { subscriber } = setUp((options) => {
      signals.push(options.signal);
      return brief(options);
    });
    subscriber.start();
    await vi.advanceTimersByTimeAsync(600);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    subscriber.stop();
  });

  it('tells nothing that arrives after it stopped', async () => {
    const told: FeedEvent[] = [];
    const subscriber = createSubscriber({
      openFeed: async () => heartbeatAfter(1_000),
      onEvent: (event) => void told.push(event),
      onDown: (reason) => expect.fail(reason),
      random: () => 0,
      silenceMs: 2_000,
      firstPauseMs: 750,
      longestPauseMs: 1_500,
    });
    subscriber.start();
    await vi.advanceTimersByTimeAsync(999);
    subscriber.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual([]);
  });
});

async function* heartbeatAfter(ms: number): AsyncGenerator<FeedEvent> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  yield { kind: 'heartbeat' };
}
