import { defineConfig } from '@playwright/test';
import { chromiumArguments, findChromium, findFirefox, firefoxLaunch } from './src/browser.ts';
import { nameRecord, recordVariable } from './src/record/folder.ts';

process.env[recordVariable] ??= nameRecord();

const chromiumPath = findChromium();
const firefoxPath = findFirefox();
if (chromiumPath === undefined) {
  process.stderr.write(
    'no Chromium found: the browser tests are skipped (apt-get install chromium, or set CHROMIUM_PATH)\n',
  );
}
if (firefoxPath === undefined) {
  process.stderr.write(
    'no Firefox found: its half of the browser tests is skipped (apt-get install firefox-esr, or set FIREFOX_PATH)\n',
  );
}

export default defineConfig({
  testDir: 'test',
  outputDir: 'reports/artifacts',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: 'reports/playwright.json' }]],
  use: {
    ignoreHTTPSErrors: true, // the certificates are made for one run, and signed by nobody
    trace: 'retain-on-failure',
  },
  projects: [
    // Around all others, whatever becomes of them: what was logged meanwhile is searched for secrets.
    { name: 'run begins', testMatch: 'run-begins.spec.ts', teardown: 'run ends' },
    { name: 'run ends', testMatch: 'run-ends.spec.ts' },
    {
      name: 'chromium',
      testIgnore: 'run-*.spec.ts',
      dependencies: ['run begins'],
      use: {
        launchOptions: { args: [...chromiumArguments], ...(chromiumPath && { executablePath: chromiumPath }) },
      },
    },
    {
      name: 'firefox',
      testIgnore: 'run-*.spec.ts',
      dependencies: ['run begins'],
      grep: /@both-browsers/,
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox',
        ...(firefoxPath && { launchOptions: firefoxLaunch(firefoxPath) }),
      },
    },
  ],
});
