/** Figures that a run measured, kept beside the reports: documents may say them, tests only bound them. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../reports/', import.meta.url));

/** Writes one line to `reports/figures.jsonl`, and to the run's output. */
export function recordFigures(what: string, figures: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  const line = JSON.stringify({ at: new Date().toISOString(), what, ...figures });
  appendFileSync(`${folder}figures.jsonl`, `${line}\n`);
  process.stdout.write(`${line}\n`);
}

/** The middle of what was measured. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
