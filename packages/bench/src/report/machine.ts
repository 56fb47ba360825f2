/** On what, and when: a figure without its machine says nothing. */
import { cpus, loadavg, totalmem } from 'node:os';

/** The machine as a figure's footnote names it. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Average of runnable processes over the last minute, before the bench began. */
  readonly load: number;
}

/** Reads what this process can know of its machine. */
export function thisMachine(): Machine {
  const cores = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cores[0]?.model.trim() ?? 'unknown CPU',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}

/** One line for people. */
export function describeMachine({ date, cpu, cores, memoryGiB, node, load }: Machine): string {
  return `${date}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, load ${load.toFixed(1)} when it began.`;
}
