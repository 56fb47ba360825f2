/** Keeps the figures of the README between their marks, so that they are never typed by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Report, renderReport } from './report.ts';

const readme = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Replaces what stands between the marks of one bench. Throws where the README has none. */
export function recordInReadme(report: Report): void {
  const [begin, end] = [`<!-- figures: ${report.name} -->`, `<!-- end of ${report.name} -->`];
  const text = readFileSync(readme, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no marks for the figures of ${report.name}`);
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${renderReport(report)}\n\n${text.slice(to)}`);
}
