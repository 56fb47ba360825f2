/** One process per folder: PGlite has no lock of its own, and two processes on one folder destroy it. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 5000; // a restarting dev server overlaps with the one it replaces
const pollMs = 100;
const heldHere = new Set<string>();

/**
 * Locks the folder for this process and gives the function that unlocks it. The lock of a dead process is taken over.
 *
 * @throws {Error} naming the owner when another living process keeps the lock for longer than `waitMs`, 5 s by default.
 */
export async function lockFolder(folder: string, waitMs = patienceMs): Promise<() => void> {
  const file = path.join(folder, 'owner.pid');
  const deadline = performance.now() + waitMs;
  for (;;) {
    if (tryCreate(file)) return () => release(file);
    const owner = ownerOf(file);
    if (owner === undefined || !isAlive(owner, file)) removeStale(file);
    else if (performance.now() < deadline) await sleep(pollMs);
    else throw new Error(`the embedded database in ${folder} is in use by process ${owner}: stop it first`);
  }
}

/** A complete file is linked into place, so that nobody ever reads half of one. */
function tryCreate(file: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    heldHere.add(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(file: string): void {
  heldHere.delete(file);
  rmSync(file, { force: true });
}

function ownerOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, file: string): boolean {
  // In a container every run has the same process id: our own id in a file that we did not write is a dead run's.
  if (pid === process.pid) return heldHere.has(file);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Moves the file away before judging it again, so that of two processes only one removes it, and never a fresh one. */
function removeStale(file: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const owner = ownerOf(aside);
  const isFresh = owner !== undefined && isAlive(owner, file);
  if (isFresh) linkSync(aside, file);
  rmSync(aside, { force: true });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
