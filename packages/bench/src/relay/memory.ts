/** What memory a server's process holds, and has held (proc(5), `status`). */
import { readFileSync, writeFileSync } from 'node:fs';
import { type ServerOptions, type ServerProcess, startServer } from '../guard/server-process.ts';

/** In MiB. */
export interface Memory {
  readonly now: number;
  /** The most since the start, or since `forgetPeak()`. */
  readonly peak: number;
}

/** Reads a process's memory. */
export interface ReadMemory {
  read(): Memory;
  /** What it took to start is none of a request's doing. */
  forgetPeak(): void;
}

/** Starts a server. Its memory is undefined on a system without `/proc`. */
export async function startMeasured(
  options: ServerOptions,
): Promise<{ server: ServerProcess; memory: ReadMemory | undefined }> {
  const others = new Set(children());
  const server = await startServer(options);
  const pid = children().find((child) => !others.has(child));
  return { server, memory: pid === undefined ? undefined : memoryOf(pid) };
}

/** The processes that this one has started and that run; none on a system that does not tell. */
function children(): string[] {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

function memoryOf(pid: string): ReadMemory {
  return {
    read() {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return { now: mebibytes(status, 'VmRSS'), peak: mebibytes(status, 'VmHWM') };
    },
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
  };
}

function mebibytes(status: string, field: 'VmRSS' | 'VmHWM'): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kibibytes) / 1024;
}
