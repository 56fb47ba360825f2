import { describe, expect, it, vi } from 'vitest';
import { cursorAfter, cursorAt, readCursor } from '../../src/revocations/cursor.ts';
import { readNotification } from '../../src/revocations/ledger.ts';
import { createRevocationSet, type Watcher } from '../../src/revocations/revocation-set.ts';

const ended = (id: string) => ({ id, revokedAt: new Date(0) });
const watcher = () => ({ ended: vi.fn<Watcher['ended']>(), over: vi.fn<Watcher['over']>() });

function newSet() {
  const clock = { now: 1_000_000 };
  return { clock, set: createRevocationSet({ retentionSeconds: 10, now: () => clock.now }) };
}

describe('revocation set', () => {
  it('remembers a session for the retention, then forgets', () => {
    const { clock, set } = newSet();
    set.add([ended('a')]);
    clock.now += 9000;
    set.add([ended('b')]);
    expect([set.has('a'), set.has('b')]).toEqual([true, true]);
    clock.now += 2000;
    set.add([]);
    expect([set.has('a'), set.has('b')]).toEqual([false, true]);
  });

  it('tells its watchers the news, once', () => {
    const { set } = newSet();
    const [one, two] = [watcher(), watcher()];
    set.watch(one);
    const unwatch = set.watch(two);
    set.add([ended('a'), ended('a')]);
    unwatch();
    set.add([ended('a'), ended('b')]);
    expect(one.ended.mock.calls.map(([session]) => session.id)).toEqual(['a', 'b']);
    expect(two.ended.mock.calls.map(([session]) => session.id)).toEqual(['a']);
  });

  it('ends every watch when it loses touch', () => {
    const { set } = newSet();
    const [before, during] = [watcher(), watcher()];
    set.watch(before);
    set.setCurrent(false);
    set.watch(during);
    set.add([ended('a')]);
    expect(before.over).toHaveBeenCalledTimes(1);
    expect(during.over).toHaveBeenCalledTimes(1);
    expect(before.ended).not.toHaveBeenCalled();
    expect(set.has('a')).toBe(true);
  });
});

describe('cursor', () => {
  const id = '0193a000-0000-7000-8000-000000000001';

  it('keeps its instant', () => {
    const revokedAt = new Date(1_763_730_000_123);
    expect(readCursor(cursorAfter({ id, revokedAt }))).toEqual(revokedAt);
    expect(readCursor(cursorAt(revokedAt))).toEqual(revokedAt);
  });

  it.each([undefined, '', '1', `.${id}`, `-1.${id}`, `1e3.${id}`, `1.${id}\n`, `1.${id}.x`, `${'9'.repeat(16)}.${id}`])(
    'is unknown when it is %j',
    (text) => {
      expect(readCursor(text)).toBeUndefined();
    },
  );
});

describe('notification', () => {
  it.each([undefined, '', 'x', 'null', '{}', '{"sid":""}', '{"sid":"a","revokedAt":"yesterday"}', '[1]'])(
    'is ignored when it is %j',
    (payload) => {
      expect(readNotification(payload)).toBeUndefined();
    },
  );
});
