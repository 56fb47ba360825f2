import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { chromiumArguments, findChromium } from '../src/browser.ts';
import { expect, test } from '../src/fixtures.ts';
import { type NaiveApi, startNaiveApi } from '../src/naive-api.ts';
import { writeProfile } from '../src/profile.ts';

/** Chromium blocks third-party cookies unless a profile allows them: the naive way fails in both worlds. */
const worlds = [
  { name: 'blocked', thirdPartyCookies: 'blocked', apiKnowsTheBrowser: false },
  { name: 'allowed', thirdPartyCookies: 'allowed', apiKnowsTheBrowser: true },
] as const;

for (const world of worlds) {
  test(`a cookie of the API leaves the guard blind, third-party cookies ${world.name}`, async ({ stack }) => {
    const naive = await startNaiveApi('session');
    const profile = mkdtempSync(path.join(tmpdir(), 'footbridge-profile-'));
    writeProfile(profile, world.thirdPartyCookies);
    const executablePath = findChromium();
    const context = await chromium.launchPersistentContext(profile, {
      args: [...chromiumArguments],
      ...(executablePath ? { executablePath } : {}),
    });
    try {
      const known = await logInNaively(context, naive);
      expect(known).toBe(world.apiKnowsTheBrowser);

      const page = await context.newPage();
      await page.goto(`${stack.webUrl}/private`);
      expect(new URL(page.url()).pathname).toBe('/login');
    } finally {
      await context.close();
      await naive.close();
      rmSync(profile, { recursive: true, force: true });
    }
  });
}

test('as a browser comes, the cookie stays in a jar apart', { tag: '@both-browsers' }, async ({
  browserName,
  context,
  stack,
}) => {
  const naive = await startNaiveApi('session');
  try {
    // Firefox keeps it for the API below this one site (Total Cookie Protection), Chromium without a profile drops it.
    expect(await logInNaively(context, naive)).toBe(browserName === 'firefox');

    const page = await context.newPage();
    await page.goto(`${stack.webUrl}/private`);
    expect(new URL(page.url()).pathname).toBe('/login');
    await page.goto(`${naive.origin}/me`);
    expect(naive.cookiesSeen.at(-1), "on the API's own pages").toBeUndefined();
  } finally {
    await naive.close();
  }
});

/** Calls the API straight from a page of the frontend's site, credentials included; answers whether the API then knows it. */
async function logInNaively(context: BrowserContext, naive: NaiveApi): Promise<boolean> {
  const page = await context.newPage();
  await page.goto(naive.pageUrl);
  return page.evaluate(async (origin) => {
    await fetch(`${origin}/login`, { method: 'POST', credentials: 'include' });
    const answer: { isKnown: boolean } = await (await fetch(`${origin}/me`, { credentials: 'include' })).json();
    return answer.isKnown;
  }, naive.origin);
}
