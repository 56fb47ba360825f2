/** Which browsers the tests drive, and how they are started: no download, no background traffic. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type LaunchOptions } from '@playwright/test';
import { testNames } from './site.ts';

/** `*.test` names resolve to this machine; everything else is what a closed network needs. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP *.test 127.0.0.1',
] as const;

/** The Chromium to drive: the one named, Debian's, or Playwright's own where a developer installed it. */
export function findChromium(): string | undefined {
  return firstThatExists([process.env['CHROMIUM_PATH'], '/usr/bin/chromium', chromium.executablePath()]);
}

/** The Firefox to drive: the one named, or the system's. A stock build, which speaks WebDriver BiDi. */
export function findFirefox(): string | undefined {
  return firstThatExists([
    process.env['FIREFOX_PATH'],
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ]);
}

/** Starts a stock Firefox. Total Cookie Protection is on, as for its users; automation would turn it off. */
export function firefoxLaunch(executable: string): LaunchOptions {
  return {
    executablePath: fileURLToPath(new URL('stock-firefox.mjs', import.meta.url)),
    env: { ...definedOnly(process.env), FIREFOX_PATH: executable },
    firefoxUserPrefs: {
      'network.dns.localDomains': testNames.join(','),
      'browser.contentblocking.category': 'custom',
      'network.cookie.cookieBehavior': 5,
    },
  };
}

function firstThatExists(candidates: readonly (string | undefined)[]): string | undefined {
  return candidates.find((candidate) => candidate !== undefined && candidate !== '' && existsSync(candidate));
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
