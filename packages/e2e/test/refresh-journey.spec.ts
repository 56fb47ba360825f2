import type { BrowserContext, Page } from '@playwright/test';
import { expect, newPerson, type Person, registerThroughPage, test as base } from '../src/fixtures.ts';
import { type Stack, startStack } from '../src/stack.ts';

/** Three-second access tokens: everything a person does here crosses an expiry. */
const accessTokenSeconds = 3;

const test = base.extend<object, { shortLived: Stack }>({
  shortLived: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's dependencies off this pattern
    async ({}, use) => {
      const stack = await startStack({ settings: { ACCESS_TOKEN_TTL_SECONDS: String(accessTokenSeconds) } });
      await use(stack);
      await stack.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

const untilExpired = (page: Page): Promise<void> => page.waitForTimeout(accessTokenSeconds * 1000 + 300);

async function enter(page: Page, stack: Stack): Promise<Person> {
  const person = newPerson();
  await registerThroughPage(page, stack.webUrl, person);
  return person;
}

async function sessionCookie(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === 'session')?.value;
}

test('a document navigation after the expiry keeps the person in', async ({ context, page, shortLived }) => {
  const person = await enter(page, shortLived);
  const before = await sessionCookie(context);
  await untilExpired(page);
  const answer = await page.goto(`${shortLived.webUrl}/private`);
  expect(answer?.status()).toBe(200);
  await expect(page.getByRole('main')).toContainText(person.email);
  expect(await sessionCookie(context)).not.toBe(before);
});

test('a client-side navigation after the expiry keeps the person in', async ({ page, shortLived }) => {
  await enter(page, shortLived);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await untilExpired(page);
  await page
    .getByRole('link', { name: /sessions/i })
    .first()
    .click();
  await expect(page).toHaveURL(`${shortLived.webUrl}/private/sessions`);
  await expect(page.getByRole('main')).toContainText(/this/i);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('a prefetch after the expiry rotates nothing and sets nothing', async ({ context, page, shortLived }) => {
  await enter(page, shortLived);
  await untilExpired(page);
  const [cookie, asked] = [await sessionCookie(context), shortLived.wire.exchanges.length];
  const status = await page.evaluate(async () => {
    const response = await fetch('/private/sessions', {
      headers: { RSC: '1', 'Next-Router-Prefetch': '1', 'Next-Router-Segment-Prefetch': '/_tree' },
    });
    return response.status;
  });
  expect(status).toBe(401);
  expect(await sessionCookie(context)).toBe(cookie);
  expect(shortLived.wire.exchanges.slice(asked).filter(({ path }) => path === '/api/refresh')).toEqual([]);
});

test('five tabs at once after the expiry stay in', async ({ context, page, shortLived }) => {
  const person = await enter(page, shortLived);
  await untilExpired(page);
  const tabs = await Promise.all([1, 2, 3, 4, 5].map(() => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(`${shortLived.webUrl}/private`)));
  for (const tab of tabs) {
    await expect(tab).toHaveURL(`${shortLived.webUrl}/private`);
    await expect(tab.getByRole('main')).toContainText(person.email);
  }
});

test('a page that slept through several expiries stays in', async ({ page, shortLived }) => {
  const person = await enter(page, shortLived);
  await page.waitForTimeout(accessTokenSeconds * 3000);
  await page.reload();
  await expect(page.getByRole('main')).toContainText(person.email);
});

test('a server action after the expiry does its work', async ({ browser, page, shortLived }) => {
  const person = await enter(page, shortLived);
  const other = await browser.newContext();
  const otherPage = await other.newPage();
  await otherPage.goto(`${shortLived.webUrl}/login`);
  await otherPage.getByLabel('E-mail').fill(person.email);
  await otherPage.getByLabel('Password').fill(person.password);
  await otherPage.getByRole('button', { name: 'Log in' }).click();
  await otherPage.waitForURL(`${shortLived.webUrl}/private`);

  await page.goto(`${shortLived.webUrl}/private/sessions`);
  await untilExpired(page);
  await page.getByRole('button', { name: /end all other/i }).click();
  await expect(page.getByText(/this (one|device)/i).first()).toBeVisible();
  await expect
    .poll(async () => {
      await otherPage.goto(`${shortLived.webUrl}/private`);
      return new URL(otherPage.url()).pathname;
    })
    .toBe('/login');
  await page.reload();
  await expect(page).toHaveURL(new RegExp(`^${shortLived.webUrl}/private/sessions`));
  await other.close();
});

test('another tab is told gently when the session ends', async ({ context, page, shortLived }) => {
  await enter(page, shortLived);
  const secondTab = await context.newPage();
  await secondTab.goto(`${shortLived.webUrl}/private`);
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);
  await expect(secondTab.getByText(/session has ended/i)).toBeVisible();
  await expect(secondTab).toHaveURL(`${shortLived.webUrl}/private`);
});

const ends = [
  { name: 'idle', settings: { SESSION_IDLE_TTL_SECONDS: '4' } },
  { name: 'absolute', settings: { SESSION_ABSOLUTE_TTL_SECONDS: '4' } },
] as const;

for (const end of ends) {
  base(`the ${end.name} end puts a person out with a message and a way back`, async ({ page }) => {
    base.setTimeout(120_000);
    const stack = await startStack({ settings: { ACCESS_TOKEN_TTL_SECONDS: '2', ...end.settings } });
    try {
      const person = await enter(page, stack);
      await expect(page.getByText('Your session has ended.')).toBeVisible();
      await page.goto(`${stack.webUrl}/private/sessions`);
      await expect(page).toHaveURL(/\/login\?/);
      await expect(page.getByText(/you will be taken to it|to go on where you were/)).toBeVisible();
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(`${stack.webUrl}/private/sessions`);
    } finally {
      await stack.close();
    }
  });
}
