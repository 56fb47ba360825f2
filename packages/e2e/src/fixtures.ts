/** What every browser test starts from: a running stack, a person, and what a person does first. */
import { randomBytes } from 'node:crypto';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { findChromium, findFirefox } from './browser.ts';
import type { JarCookie } from './site.ts';
import type { Stack, StackOptions } from './stack.ts';
import { openStackPool, type StackPool } from './stack-pool.ts';

/** Somebody who registers. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export function newPerson(): Person {
  const id = randomBytes(6).toString('hex');
  return { email: `ada-${id}@example.com`, password: `pass-${id}-word`, name: 'Ada Lovelace' };
}

interface TestFixtures {
  /** What `stack` is started with; `test.use()` sets it. */
  readonly stackOptions: StackOptions;
  /** A running stack, which the tests before this one may have used. */
  readonly stack: Stack;
  readonly person: Person;
  readonly needsBrowser: undefined;
}

/** Playwright's `test` with a `stack`, which neighbouring tests with the same options share. */
export const test = base.extend<TestFixtures, { stacks: StackPool }>({
  stacks: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's dependencies off this pattern
    async ({}, use) => {
      const stacks = openStackPool();
      await use(stacks);
      await stacks.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  stackOptions: [{}, { option: true }],
  stack: [
    async ({ stackOptions, stacks }, use) => {
      await use(await stacks.take(stackOptions));
    },
    { timeout: 120_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above
  person: async ({}, use) => {
    await use(newPerson());
  },
  needsBrowser: [
    async ({ browserName }, use, testInfo) => {
      const executable = browserName === 'firefox' ? findFirefox() : findChromium();
      testInfo.skip(executable === undefined, `no ${browserName} found`);
      await use(undefined);
    },
    { auto: true },
  ],
});

export { expect };

/** Registers through the page, as a person does, and lands on the protected page. */
export async function registerThroughPage(page: Page, webUrl: string, person: Person): Promise<void> {
  await page.goto(`${webUrl}/register`);
  await page.getByLabel('Name').fill(person.name);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL(`${webUrl}/private`);
}

/** Logs in through the page. Where it lands is the caller's to say. */
export async function logInThroughPage(page: Page, webUrl: string, person: Person): Promise<void> {
  await page.goto(`${webUrl}/login`);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Logs out through the header of the page that is open. */
export async function logOutThroughPage(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);
}

/** Opens the protected page, and sees it. */
export async function expectServed(page: Page, webUrl: string, person: Person): Promise<void> {
  await page.goto(`${webUrl}/private`);
  await expect(page).toHaveURL(`${webUrl}/private`);
  await expect(page.getByRole('main')).toContainText(person.email);
}

/** Opens the protected page, and is sent to log in. */
export async function expectRefused(page: Page, webUrl: string): Promise<void> {
  await page.goto(`${webUrl}/private`);
  await expect(page).toHaveURL(`${webUrl}/login?returnTo=%2Fprivate`);
}

/** Until the guard refuses the page that is open on the frontend, in milliseconds from now; then a person sees it, too. */
export async function untilRefused(page: Page, webUrl: string): Promise<number> {
  const milliseconds = await page.evaluate(async () => {
    const start = performance.now();
    const passed = () => performance.now() - start;
    while (passed() < 10_000) {
      const answer = await fetch('/private', { headers: { accept: 'application/json' } });
      if (answer.status === 401) return passed();
    }
    throw new Error('still served after ten seconds');
  });
  await page.goto(`${webUrl}/private`);
  await expect(page).toHaveURL(/\/login\?/);
  return milliseconds;
}

/** The whole jar, whatever host its cookies are for, without values and times. */
export async function jarOf(context: BrowserContext): Promise<JarCookie[]> {
  const cookies = await context.cookies();
  return cookies
    .map(({ name, domain, path, httpOnly, secure, sameSite }) => ({ name, domain, path, httpOnly, secure, sameSite }))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}
