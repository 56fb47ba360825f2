import { setImmediate as turn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDownload, type Download } from '../src/relay-download.ts';

const connection = { pause: vi.fn<() => void>(), resume: vi.fn<() => void>(), abort: vi.fn<() => void>() };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const large = new Uint8Array(40_000);

let download: Download;
beforeEach(() => {
  vi.clearAllMocks();
  download = createDownload();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the part of undici's controller that is used
  download.attach(connection as unknown as Dispatcher.DispatchController);
});

describe('a body that was there before anybody asked', () => {
  it('is in the stream, whole', async () => {
    download.push(bytes('a'));
    download.push(bytes('b'));
    download.close();
    expect(await new Response(download.stream()).text()).toBe('ab');
    expect(connection.pause).not.toHaveBeenCalled();
  });

  it('goes on where it was', async () => {
    download.push(bytes('a'));
    const text = new Response(download.stream()).text();
    download.push(bytes('b'));
    download.close();
    expect(await text).toBe('ab');
  });

  it('waits when it is large, until it is read', async () => {
    download.push(large);
    expect(connection.pause).not.toHaveBeenCalled();
    download.push(large);
    expect(connection.pause).toHaveBeenCalledOnce();
    const reader = download.stream().getReader();
    await turn();
    expect(connection.resume).not.toHaveBeenCalled();
    for (let read = 0; read < 2; read += 1) expect((await reader.read()).value).toHaveLength(large.byteLength);
    expect(connection.resume).toHaveBeenCalled();
  });

  it('is broken when the API broke off', async () => {
    download.push(bytes('a'));
    download.fail(new Error('broken off'));
    await expect(new Response(download.stream()).text()).rejects.toThrow('broken off');
  });
});

describe('a body that comes later', () => {
  it('is announced by an empty chunk, which takes the head along', async () => {
    const reader = download.stream().getReader();
    expect((await reader.read()).value).toHaveLength(0);
  });

  it('is not, when it comes in the same turn', async () => {
    const reader = download.stream().getReader();
    download.push(bytes('a'));
    expect((await reader.read()).value).toEqual(bytes('a'));
    download.close();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  it('makes the connection wait for a slow browser', async () => {
    const reader = download.stream().getReader();
    download.push(large);
    download.push(large);
    expect(connection.pause).toHaveBeenCalledOnce();
    connection.resume.mockClear();
    for (let read = 0; read < 2; read += 1) await reader.read();
    expect(connection.resume).toHaveBeenCalled();
  });
});

describe('the end', () => {
  it('is told once, and to those who ask afterwards', () => {
    const [before, after] = [vi.fn<() => void>(), vi.fn<() => void>()];
    download.onOver(before);
    download.close();
    download.fail(new Error('too late'));
    download.end();
    download.onOver(after);
    expect([before.mock.calls, after.mock.calls]).toEqual([[[]], [[]]]);
  });

  it('is the browser’s doing when it cancels', async () => {
    const over = vi.fn<() => void>();
    download.onOver(over);
    await download.stream().cancel();
    expect(over).toHaveBeenCalledOnce();
    expect(connection.abort).toHaveBeenCalledOnce();
    download.push(bytes('nobody reads this'));
  });

  it('is ours when a session ends: the stream stands where it is', async () => {
    download.push(bytes('a'));
    const text = new Response(download.stream()).text();
    download.end();
    expect(await text).toBe('a');
    expect(connection.abort).toHaveBeenCalledOnce();
  });
});
