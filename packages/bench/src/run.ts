/** The command line: runs the benches that it names, or all of them. `--record` writes their figures into the README. */
import { parseArgs } from 'node:util';
import { guard } from './guard/guard.ts';
import { thisMachine } from './report/machine.ts';
import { recordInReadme } from './report/readme.ts';
import { type Findings, renderReport, writeReport } from './report/report.ts';
import { rotation } from './rotation/rotation.ts';
import { warmCheck } from './warm-check/warm-check.ts';

/** In the order of their length, shortest first. Each throws where it finds the product wrong, not where it is slow. */
const benches = new Map<string, () => Promise<Findings>>([
  ['rotation', rotation],
  ['warm-check', warmCheck],
  ['guard', guard],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean', default: false } },
});

for (const name of positionals.length > 0 ? positionals : benches.keys()) {
  const bench = benches.get(name);
  if (!bench) throw new TypeError(`unknown bench "${name}"; there are ${[...benches.keys()].join(', ')}`);
  process.stdout.write(`\n${name}\n\n`);
  const machine = thisMachine();
  const report = { name, machine, ...(await bench()) };
  process.stdout.write(`${renderReport(report)}\n`);
  writeReport(report);
  if (values.record) recordInReadme(report);
}
