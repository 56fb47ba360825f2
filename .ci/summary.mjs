/** Sums the test runners' own reports into the gate's last line. Arguments: the names of steps that failed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const failedSteps = process.argv.slice(2);

/** Every runner writes JSON into its workspace's `reports` folder. */
const reports = ['apps', 'packages'].flatMap((parent) =>
  readdirSync(parent).flatMap((name) => {
    const folder = path.join(parent, name, 'reports');
    try {
      return readdirSync(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => ({
          file: path.join(folder, file),
          report: JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
        }));
    } catch {
      return [];
    }
  }),
);

const counts = reports.map(({ file, report }) => {
  if ('numTotalTests' in report) {
    const brokenSuites = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
    );
    return {
      file,
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenSuites.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  }
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { file, passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
});

const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
const unreported = total('failed') === 0 ? failedSteps.length : 0;
const [passed, failed, skipped] = [total('passed'), total('failed') + unreported, total('skipped')];

console.log();
for (const { file, ...count } of counts)
  console.log(`${file}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
if (failedSteps.length > 0) console.log(`failed steps: ${failedSteps.join(', ')}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
