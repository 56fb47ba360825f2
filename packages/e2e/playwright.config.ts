import { defineConfig } from '@playwright/test';
import { chromiumArguments, findChromium } from './src/browser.ts';

const executablePath = findChromium();
if (executablePath === undefined) {
  process.stderr.write(
    'no Chromium found: the browser tests are skipped (apt-get install chromium, or set CHROMIUM_PATH)\n',
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
    launchOptions: { args: [...chromiumArguments], ...(executablePath ? { executablePath } : {}) },
    trace: 'retain-on-failure',
  },
});
