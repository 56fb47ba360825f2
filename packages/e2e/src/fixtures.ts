/** What every browser test starts from: a running stack per worker, and a person with an account. */
import { randomBytes } from 'node:crypto';
import { test as base, expect, type Page } from '@playwright/test';
import { findChromium } from './browser.ts';
import { type Stack, startStack } from './stack.ts';

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

/** Playwright's `test` with a `stack` that its worker shares. */
export const test = base.extend<{ person: Person; needsBrowser: undefined }, { stack: Stack }>({
  stack: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's dependencies off this pattern
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above
  person: async ({}, use) => {
    await use(newPerson());
  },
  needsBrowser: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use, testInfo) => {
      testInfo.skip(findChromium() === undefined, 'no Chromium found');
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
