/**
 * The command line: runs the benches that it names, or all of them. `--record` writes their figures into the README.
 * `--quick` shortens those of login and relay, only to see that they work: it keeps nothing.
 */
import { parseArgs } from 'node:util';
import { guard } from './guard/guard.ts';
import { login } from './login/login.ts';
import { type Pace, quickPace, usualPace } from './relay/pace.ts';
import { relay } from './relay/relay.ts';
import { relayMemory } from './relay/relay-memory.ts';
import { thisMachine } from './report/machine.ts';
import { recordInReadme } from './report/readme.ts';
import { type Findings, renderReport, writeReport } from './report/report.ts';
import { rotation } from './rotation/rotation.ts';
import { warmCheck } from './warm-check/warm-check.ts';

/** In the order of their length, shortest first. Each throws where it finds the product wrong, not where it is slow. */
const benches = new Map<string, (pace: Pace) => Promise<Findings>>([
  ['rotation', rotation],
  ['warm-check', warmCheck],
  ['relay-memory', relayMemory],
  ['login', login],
  ['guard', guard],
  ['relay', relay],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
if (values.quick && values.record) throw new TypeError('figures of --quick say nothing; leave out --record');

for (const name of positionals.length > 0 ? positionals : benches.keys()) {
  const bench = benches.get(name);
  if (!bench) throw new TypeError(`unknown bench "${name}"; there are ${[...benches.keys()].join(', ')}`);
  process.stdout.write(`\n${name}\n\n`);
  const machine = thisMachine();
  const report = { name, machine, ...(await bench(values.quick ? quickPace : usualPace)) };
  process.stdout.write(`${renderReport(report)}\n`);
  if (values.quick) process.stdout.write('\nThe rounds were quick: none of this is a figure.\n');
  else writeReport(report);
  if (values.record) recordInReadme(report);
}
