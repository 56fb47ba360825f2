/** What a process holds, as the kernel counts it. Linux alone tells. */
import { readFile, writeFile } from 'node:fs/promises';

const kibibyte = 1024;

/** Resident memory of a process in bytes: now, and at its highest since `forgetPeak()`. */
export async function residentMemory(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * kibibyte;
  return { now: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}

/** Begins a new highest (proc(5), clear_refs). */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
