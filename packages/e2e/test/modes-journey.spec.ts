import type { Page } from '@playwright/test';
import {
  expect,
  expectRefused,
  expectServed,
  jarOf,
  logInThroughPage,
  logOutThroughPage,
  registerThroughPage,
  test,
  untilRefused,
} from '../src/fixtures.ts';
import { cookiesOf, nameOf, sites } from '../src/site.ts';
import type { Stack } from '../src/stack.ts';
import { cookiesSetBy, recordTraffic } from '../src/traffic.ts';

/** Which origin the page's own login called. */
async function originOfLogin(page: Page): Promise<string> {
  const request = await page.waitForRequest(
    (candidate) => candidate.method() === 'POST' && new URL(candidate.url()).pathname === '/api/login',
  );
  return new URL(request.url()).origin;
}

/** Every way in which a page gets its data. */
async function walk(page: Page, { webUrl }: Stack): Promise<void> {
  await page.goto(`${webUrl}/`);
  await page
    .getByRole('link', { name: /private/i })
    .first()
    .click();
  await page.waitForURL(`${webUrl}/private`);
  await page.reload();
  await page.evaluate(async () => {
    await fetch('/api/session');
    await fetch('/private', { headers: { RSC: '1' } });
  });
}

for (const site of sites) {
  test.describe(nameOf(site), () => {
    test.use({ stackOptions: { site } });

    test('registers, reloads, opens a tab, logs out', { tag: '@both-browsers' }, async ({
      context,
      page,
      person,
      stack,
    }) => {
      await expectRefused(page, stack.webUrl);
      expect(await jarOf(context)).toEqual([]);

      await registerThroughPage(page, stack.webUrl, person);
      await expect(page.getByRole('main')).toContainText(person.email);
      expect(await jarOf(context)).toEqual(cookiesOf(site));

      await page.reload();
      await expect(page.getByRole('main')).toContainText(person.email);
      const secondTab = await context.newPage();
      await expectServed(secondTab, stack.webUrl, person);
      expect(await jarOf(context)).toEqual(cookiesOf(site));

      await logOutThroughPage(page);
      expect(await jarOf(context)).toEqual([]);
      await expect(secondTab.getByText(/session has ended/i)).toBeVisible();
      await expect(secondTab, 'told, not thrown out').toHaveURL(`${stack.webUrl}/private`);
      await expectRefused(page, stack.webUrl);
      await expectRefused(secondTab, stack.webUrl);
      expect(await jarOf(context)).toEqual([]);
    });

    test('logs in and lands where it was sent from', { tag: '@both-browsers' }, async ({
      context,
      page,
      person,
      stack,
    }) => {
      await registerThroughPage(page, stack.webUrl, person);
      await logOutThroughPage(page);
      await page.goto(`${stack.webUrl}/private?tab=2`);
      await expect(page).toHaveURL(`${stack.webUrl}/login?returnTo=${encodeURIComponent('/private?tab=2')}`);

      const asked = originOfLogin(page);
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await expect(page).toHaveURL(`${stack.webUrl}/private?tab=2`);
      await expect(page.getByRole('main')).toContainText(person.email);
      expect(await asked).toBe(site.mode === 'proxy' ? stack.webUrl : stack.apiUrl);
      expect(await jarOf(context)).toEqual(cookiesOf(site));
    });

    test('goes back after a logout and sees nothing', async ({ page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      await page.goto(`${stack.webUrl}/private/sessions`);
      await page.goto(`${stack.webUrl}/private`);
      await logOutThroughPage(page);
      for (const view of ['the last page', 'the page before']) {
        await page.goBack();
        await expect(page, view).toHaveURL(/\/login/);
        await expect(page.locator('body'), view).not.toContainText(person.email);
      }
    });

    test('ends another device, then all', async ({ browser, context, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const other = await browser.newContext();
      const otherPage = await other.newPage();
      await logInThroughPage(otherPage, stack.webUrl, person);
      await otherPage.waitForURL(`${stack.webUrl}/private`);

      await page.goto(`${stack.webUrl}/private/sessions`);
      await expect(page.getByRole('heading', { level: 2, name: / on / })).toHaveCount(2);
      await page.getByRole('button', { name: 'End this session' }).click();
      await expect(page.getByText('That session has ended')).toBeVisible();
      expect(await untilRefused(otherPage, stack.webUrl)).toBeLessThan(1_000);
      await expectServed(page, stack.webUrl, person);

      await logInThroughPage(otherPage, stack.webUrl, person);
      await otherPage.waitForURL(`${stack.webUrl}/private`);
      expect(await jarOf(other)).toEqual(cookiesOf(site));
      await page.goto(`${stack.webUrl}/private/sessions`);
      await page.getByRole('button', { name: 'End all sessions' }).click();
      await expect(page).toHaveURL(`${stack.webUrl}/login?reason=all_sessions_ended`);
      expect(await jarOf(context)).toEqual([]);
      expect(await untilRefused(otherPage, stack.webUrl)).toBeLessThan(1_000);
      await expectRefused(page, stack.webUrl);
      await other.close();
    });

    test('changes the password, and the other device is out', async ({ browser, context, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const other = await browser.newContext();
      const otherPage = await other.newPage();
      await logInThroughPage(otherPage, stack.webUrl, person);
      await otherPage.waitForURL(`${stack.webUrl}/private`);

      const changed = { ...person, password: `new ${person.password}` };
      await page.goto(`${stack.webUrl}/private/password`);
      await page.getByLabel('Current password').fill(person.password);
      await page.getByLabel('New password').fill(changed.password);
      await page.getByRole('button', { name: 'Change password' }).click();
      await expect(page.getByText('Your password is changed.')).toBeVisible();
      expect(await untilRefused(otherPage, stack.webUrl)).toBeLessThan(1_000);
      await expectServed(page, stack.webUrl, person);
      expect(await jarOf(context)).toEqual(cookiesOf(site));

      await logInThroughPage(otherPage, stack.webUrl, person);
      await expect(otherPage.getByRole('alert').filter({ hasText: /wrong|match/i })).toBeVisible();
      await logInThroughPage(otherPage, stack.webUrl, changed);
      await otherPage.waitForURL(`${stack.webUrl}/private`);
      await other.close();
    });

    test('no body, address or storage ever holds a token', async ({ context, page, person, stack }) => {
      const traffic = recordTraffic(context);
      const before = stack.wire.issuedTokens().length;
      await registerThroughPage(page, stack.webUrl, person);
      await walk(page, stack);
      await logOutThroughPage(page);
      await logInThroughPage(page, stack.webUrl, person);
      await page.waitForURL(`${stack.webUrl}/private`);
      await page.waitForLoadState('networkidle');

      const received = await traffic.received();
      const toBrowser = cookiesSetBy(received, stack.apiUrl);
      const toServer = stack.wire.issuedTokens().slice(before);
      const tokens = site.mode === 'proxy' ? toServer : toBrowser;
      expect(tokens).toHaveLength(4);
      expect(site.mode === 'proxy' ? toBrowser : toServer).toEqual([]);

      const seen = received.flatMap(({ url, body }) => [url, body]).join('\n');
      const headers = received.flatMap(({ headers }) => headers).filter(([name]) => name !== 'set-cookie');
      expect(seen).toContain(person.email);
      for (const token of tokens) {
        const signatureOrMac = token.split('.').at(-1) ?? '';
        expect(signatureOrMac.length).toBeGreaterThan(20);
        expect(seen.includes(signatureOrMac)).toBe(false);
        expect(JSON.stringify(headers).includes(signatureOrMac)).toBe(false);
      }
      const storage = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      );
      expect(storage).toBe('[{},{},""]');
    });

    test.describe('without JavaScript', () => {
      test.use({ javaScriptEnabled: false });

      test('registers, logs out, fails, logs in', async ({ context, page, person, stack }) => {
        await registerThroughPage(page, stack.webUrl, person);
        await expect(page.getByRole('main')).toContainText(person.email);
        expect(await jarOf(context)).toEqual(cookiesOf(site));
        await logOutThroughPage(page);
        expect(await jarOf(context)).toEqual([]);
        await expectRefused(page, stack.webUrl);

        await logInThroughPage(page, stack.webUrl, { ...person, password: 'not the password' });
        await expect(page.getByRole('alert').filter({ hasText: /wrong|match/i })).toBeVisible();
        expect(page.url()).not.toContain(encodeURIComponent(person.email));
        await page.getByLabel('E-mail').fill(person.email);
        await page.getByLabel('Password').fill(person.password);
        await page.getByRole('button', { name: 'Log in' }).click();
        await page.waitForURL(`${stack.webUrl}/private`);
        expect(await jarOf(context)).toEqual(cookiesOf(site));
      });
    });
  });
}
