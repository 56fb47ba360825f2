import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { chromiumArguments, findChromium } from '../src/browser.ts';
import {
  expect,
  expectRefused,
  expectServed,
  jarOf,
  logInThroughPage,
  logOutThroughPage,
  registerThroughPage,
  test as base,
  untilRefused,
} from '../src/fixtures.ts';
import { writeProfile } from '../src/profile.ts';
import { cookieNamesOf, cookiesOf, nameOf, sites } from '../src/site.ts';

/** Three-second access tokens: everything a person does here crosses an expiry. */
const accessTokenSeconds = 3;

const untilExpired = (page: Page): Promise<void> => page.waitForTimeout(accessTokenSeconds * 1000 + 300);

async function valuesIn(context: BrowserContext): Promise<string[]> {
  return (await context.cookies()).map(({ value }) => value);
}

type World = 'blocked' | 'allowed';

/** A Chromium of a person who has made up their mind about third-party cookies. Firefox partitions them by default. */
const test = base.extend<{ world: World; decided: BrowserContext }>({
  world: ['blocked', { option: true }],
  decided: async ({ world }, use) => {
    const profile = mkdtempSync(path.join(tmpdir(), 'footbridge-profile-'));
    writeProfile(profile, world);
    const executablePath = findChromium();
    const context = await chromium.launchPersistentContext(profile, {
      args: [...chromiumArguments],
      ignoreHTTPSErrors: true,
      ...(executablePath && { executablePath }),
    });
    await use(context);
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  },
});

for (const site of sites) {
  test.describe(nameOf(site), () => {
    test.use({ stackOptions: { site, settings: { ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds) } } });

    test('a document after the expiry keeps the person in', { tag: '@both-browsers' }, async ({
      context,
      page,
      person,
      stack,
    }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const before = await valuesIn(context);
      await untilExpired(page);
      const answer = await page.goto(`${stack.webUrl}/private`);
      expect(answer?.status()).toBe(200);
      await expect(page.getByRole('main')).toContainText(person.email);

      const isOurs = new Set(cookieNamesOf(site));
      expect((await jarOf(context)).filter(({ name }) => isOurs.has(name))).toEqual(cookiesOf(site));
      for (const value of before) expect(await valuesIn(context)).not.toContain(value);
    });

    test('a client-side navigation after it, too', { tag: '@both-browsers' }, async ({ page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));
      await untilExpired(page);
      await page
        .getByRole('link', { name: /sessions/i })
        .first()
        .click();
      await expect(page).toHaveURL(`${stack.webUrl}/private/sessions`);
      await expect(page.getByRole('main')).toContainText(/this/i);
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    });

    test('five tabs at once after it, and one that slept through two', async ({ context, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      await untilExpired(page);
      const tabs = await Promise.all([1, 2, 3, 4, 5].map(() => context.newPage()));
      await Promise.all(tabs.map((tab) => tab.goto(`${stack.webUrl}/private`)));
      for (const tab of tabs) {
        await expect(tab).toHaveURL(`${stack.webUrl}/private`);
        await expect(tab.getByRole('main')).toContainText(person.email);
        await tab.close();
      }
      await page.waitForTimeout(accessTokenSeconds * 2000 + 300);
      await page.reload();
      await expect(page.getByRole('main')).toContainText(person.email);
    });

    test('a server action after it does its work', async ({ browser, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const other = await browser.newContext();
      const otherPage = await other.newPage();
      await logInThroughPage(otherPage, stack.webUrl, person);
      await otherPage.waitForURL(`${stack.webUrl}/private`);

      await page.goto(`${stack.webUrl}/private/sessions`);
      await untilExpired(page);
      await page.getByRole('button', { name: 'End all other sessions' }).click();
      await expect(page.getByText('All other sessions have ended')).toBeVisible();
      await untilRefused(otherPage, stack.webUrl);
      await page.reload();
      await expect(page).toHaveURL(new RegExp(`^${stack.webUrl}/private/sessions`));
      await other.close();
    });

    for (const world of ['blocked', 'allowed'] as const) {
      test.describe(`third-party cookies ${world}`, () => {
        test.use({ world });

        test('logs in, stays in, logs out', async ({ decided, person, stack }) => {
          const page = await decided.newPage();
          await registerThroughPage(page, stack.webUrl, person);
          await logOutThroughPage(page);
          await logInThroughPage(page, stack.webUrl, person);
          await page.waitForURL(`${stack.webUrl}/private`);
          expect(await jarOf(decided)).toEqual(cookiesOf(site));
          await untilExpired(page);
          await expectServed(page, stack.webUrl, person);
          await logOutThroughPage(page);
          await expectRefused(page, stack.webUrl);
        });
      });
    }
  });
}
