import { expect, logInThroughPage, newPerson, registerThroughPage, test } from '../src/fixtures.ts';
import { prepareStack, startStack } from '../src/stack.ts';

test('with the API stopped, sessions live on and all recovers', async ({ browser }) => {
  const stack = await startStack();
  const person = newPerson();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await registerThroughPage(page, stack.webUrl, person);
    await stack.api.stop();

    await page.goto(`${stack.webUrl}/private`);
    await expect(page.getByRole('main')).toContainText(person.email);

    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);
    await page.goto(`${stack.webUrl}/private`);
    await expect(page).toHaveURL(/\/login\?returnTo=/);

    const refusal = page.waitForResponse(`${stack.webUrl}/api/login`);
    await logInThroughPage(page, stack.webUrl, person);
    const answer = await refusal;
    expect(answer.status()).toBe(503);
    expect(answer.headers()).toHaveProperty('retry-after');
    expect(await answer.json()).toMatchObject({ success: false, code: 'api_unavailable' });
    await expect(page.getByRole('alert').filter({ hasText: /cannot be reached|try again/i })).toBeVisible();
    await expect(page.getByLabel('E-mail')).toHaveValue(person.email);

    await stack.api.start();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(`${stack.webUrl}/private`);
  } finally {
    await context.close();
    await stack.close();
  }
});

test('a first boot without the API is 503, not a login', async ({ browser }) => {
  const stack = await prepareStack();
  const context = await browser.newContext();
  try {
    await stack.api.start();
    await stack.web.start();
    const page = await context.newPage();
    const person = newPerson();
    await registerThroughPage(page, stack.webUrl, person);
    await stack.web.stop();
    await stack.api.stop();
    await stack.web.start();

    const refused = await page.goto(`${stack.webUrl}/private`);
    expect(refused?.status()).toBe(503);
    expect(refused?.headers()).toHaveProperty('retry-after');
    expect(new URL(page.url()).pathname).toBe('/private');

    await stack.api.start();
    await expect
      .poll(async () => (await page.goto(`${stack.webUrl}/private`))?.status(), { timeout: 15_000 })
      .toBe(200);
    await expect(page.getByRole('main')).toContainText(person.email);
  } finally {
    await context.close();
    await stack.close();
  }
});
