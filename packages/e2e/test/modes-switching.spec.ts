import type { Page } from '@playwright/test';
import {
  expect,
  expectServed,
  jarOf,
  logOutThroughPage,
  type Person,
  registerThroughPage,
  test,
} from '../src/fixtures.ts';
import { cookiesOf, hostsOf, type JarCookie, nameOf, sharedSites, type Site } from '../src/site.ts';
import { type Stack, startStack } from '../src/stack.ts';

/** Opens the protected page with the cookies of the mode before: the login page, without a detour, and one login. */
async function logInOnceMore(page: Page, stack: Stack, person: Person): Promise<void> {
  const visited: string[] = [];
  const note = (url: string): void => void visited.push(new URL(url).pathname);
  page.on('response', (response) => response.request().isNavigationRequest() && note(response.url()));
  await page.goto(`${stack.webUrl}/private`);
  await expect(page).toHaveURL(`${stack.webUrl}/login?returnTo=%2Fprivate`);
  expect(visited).toEqual(['/private', '/login']);

  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(`${stack.webUrl}/private`);
  await expectServed(page, stack.webUrl, person);
}

/** The jar in one of the modes, at hosts on which both work. */
function cookiesIn(mode: Site['mode'], site: Site): readonly JarCookie[] {
  return cookiesOf({ ...site, mode }, hostsOf(site));
}

for (const site of sharedSites) {
  test.describe(nameOf(site), () => {
    test('the flag is switched under a person, there and back', async ({ context, page, person }) => {
      test.setTimeout(300_000);
      const stack = await startStack({ site, settings: { COOKIE_MODE: 'proxy' } });
      try {
        await registerThroughPage(page, stack.webUrl, person);
        expect(await jarOf(context)).toEqual(cookiesIn('proxy', site));

        await stack.restart({ COOKIE_MODE: 'shared-domain' });
        await logInOnceMore(page, stack, person);
        await page.evaluate(() => fetch('/api/refresh', { method: 'POST' }));
        expect(await jarOf(context)).toEqual(cookiesIn('shared-domain', site));

        await stack.restart({ COOKIE_MODE: 'proxy' });
        await logInOnceMore(page, stack, person);
        expect(await jarOf(context)).toEqual(cookiesIn('proxy', site));

        await stack.restart({ COOKIE_MODE: 'shared-domain' });
        await logInOnceMore(page, stack, person);
        await logOutThroughPage(page);
        expect(await jarOf(context)).toEqual([]);
      } finally {
        await stack.close();
      }
    });
  });
}
