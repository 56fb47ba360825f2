/** What a bench tells: a table, the aims with what was measured, and every round for whoever doubts them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine, type Machine } from './machine.ts';
import type { Summary } from './statistics.ts';

const reportsFolder = new URL('../../reports/', import.meta.url);

/** A promise about a figure: at least, or at most. Missing it is news, not a failure. */
export interface Aim {
  readonly what: string;
  readonly bound: 'least' | 'most';
  readonly limit: number;
  readonly unit?: string;
  readonly measured: number;
}

/** What a bench hands back. */
export interface Findings {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly aims: readonly Aim[];
  /** Whole sentences. */
  readonly facts: readonly string[];
  /** The measured rounds by contestant. */
  readonly rounds: unknown;
}

/** Findings of one bench on one machine. */
export interface Report extends Findings {
  readonly name: string;
  readonly machine: Machine;
}

/** Writes `reports/<name>.json`. */
export function writeReport(report: Report): void {
  mkdirSync(reportsFolder, { recursive: true });
  const file = fileURLToPath(new URL(`${report.name}.json`, reportsFolder));
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

/** The report in Markdown, for the terminal and the README alike. */
export function renderReport({ columns, rows, aims, facts, machine }: Report): string {
  const table = [columns, columns.map((_, index) => (index === 0 ? '---' : '---:')), ...rows];
  const lines = [...aims.map(renderAim), ...facts];
  return [
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...lines.map((line) => `- ${line}`),
    '',
    describeMachine(machine),
  ].join('\n');
}

function renderAim({ what, bound, limit, unit = '', measured }: Aim): string {
  const isMet = bound === 'least' ? measured >= limit : measured <= limit;
  return `${what}: **${measured.toFixed(2)}${unit}**, aim at ${bound} ${limit}${unit}: ${isMet ? 'met' : 'missed'}.`;
}

/** `median (least to most)`, each with so many decimals. */
export function renderSummary({ median, least, most }: Summary, decimals: number): string {
  return `${median.toFixed(decimals)} (${least.toFixed(decimals)} to ${most.toFixed(decimals)})`;
}
