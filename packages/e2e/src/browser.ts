/** Which browser the tests drive, and how it is started: no download, no background traffic. */
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

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
  const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', chromium.executablePath()];
  return candidates.find((candidate) => candidate !== undefined && candidate !== '' && existsSync(candidate));
}
