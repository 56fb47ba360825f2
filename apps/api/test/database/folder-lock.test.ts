import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbedded } from '../../src/database/embedded.ts';
import { lockFolder } from '../../src/database/folder-lock.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'footbridge-lock-'));
  file = path.join(folder, 'owner.pid');
});
afterEach(() => rm(folder, { recursive: true }));

const neighbour = async (): Promise<{ pid: number; end(): Promise<void> }> => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const exit = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGKILL');
      await exit;
    },
  };
};

describe('folder lock', () => {
  it('names its owner and leaves nothing behind', async () => {
    const unlock = await lockFolder(folder);
    expect(await readFile(file, 'utf8')).toBe(String(process.pid));
    unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused while a living process holds it', async () => {
    const other = await neighbour();
    await writeFile(file, String(other.pid));
    await expect(lockFolder(folder, 0)).rejects.toThrow(`is in use by process ${other.pid}`);
    await other.end();
    const unlock = await lockFolder(folder, 0);
    unlock();
  });

  it('is refused twice in one process', async () => {
    const unlock = await lockFolder(folder, 0);
    await expect(lockFolder(folder, 0)).rejects.toThrow(`is in use by process ${process.pid}`);
    unlock();
  });

  it('waits for an owner that is about to leave', async () => {
    const unlock = await lockFolder(folder);
    const second = lockFolder(folder, 60_000);
    unlock();
    (await second)();
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['an earlier run with our own process id', String(process.pid)],
    ['nobody', ''],
    ['nonsense', 'not a number'],
  ])('is taken over from %s', async (_what, owner) => {
    await writeFile(file, owner);
    const unlock = await lockFolder(folder, 0);
    expect(await readFile(file, 'utf8')).toBe(String(process.pid));
    unlock();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('embedded database', () => {
  it('refuses a folder that is open, and keeps its data', async () => {
    const inUse = path.join(folder, 'postgres');
    const first = await startEmbedded({ kind: 'folder', folder: inUse });
    await expect(lockFolder(inUse, 0)).rejects.toThrow('is in use by process');
    await first.close();
    const again = await startEmbedded({ kind: 'folder', folder: inUse });
    expect(again.url).toMatch(/^postgresql:\/\/postgres:postgres@127\.0\.0\.1:\d+\/postgres/);
    await again.close();
    expect(existsSync(path.join(inUse, 'owner.pid'))).toBe(false);
  });
});
