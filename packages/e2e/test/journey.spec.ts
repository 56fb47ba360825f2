import { expect, logInThroughPage, registerThroughPage, test } from '../src/fixtures.ts';

test('keeps what was typed and names the wrong field', async ({ page, person, stack }) => {
  await page.goto(`${stack.webUrl}/register`);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
  await expect(page.getByLabel('E-mail')).not.toHaveAttribute('aria-invalid', 'true');
});

test('says that an address is taken, at its field', async ({ context, page, person, stack }) => {
  await registerThroughPage(page, stack.webUrl, person);
  await context.clearCookies();
  await page.goto(`${stack.webUrl}/register`);
  await page.getByLabel('E-mail').fill(person.email.toUpperCase());
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
});

test('answers a wrong password with a clear message', async ({ page, person, stack }) => {
  await logInThroughPage(page, stack.webUrl, person);
  await expect(page.getByRole('alert').filter({ hasText: /wrong|match/i })).toBeVisible();
  await expect(page).toHaveURL(/\/login/);
});

test('ends the old session when somebody logs in over it', async ({ page, person, stack }) => {
  await registerThroughPage(page, stack.webUrl, person);
  const first = stack.wire.issuedTokens().at(-2);
  await logInThroughPage(page, stack.webUrl, person);
  await page.waitForURL(`${stack.webUrl}/private`);
  const answer = await fetch(`${stack.apiUrl}/api/verify`, { headers: { authorization: `Bearer ${first}` } });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ success: false, authenticated: false, code: 'session_revoked' });
});

test('is walked through by keyboard alone', async ({ page, person, stack }) => {
  await page.goto(`${stack.webUrl}/register`);
  await page.getByLabel('Name').focus();
  await page.keyboard.type(person.name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${stack.webUrl}/private`);
  await page.getByRole('button', { name: 'Log out' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);
});
