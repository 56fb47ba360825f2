import { expect, logInThroughPage, registerThroughPage, test } from '../src/fixtures.ts';

test('the API never sees a cookie and never sets one', async ({ page, person, stack }) => {
  await registerThroughPage(page, stack.webUrl, person);
  await page.reload();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);

  const paths = stack.wire.exchanges.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/api/register', '/api/logout', '/.well-known/jwks.json']));
  for (const exchange of stack.wire.exchanges) {
    expect(exchange.requestHeaders.cookie).toBeUndefined();
    expect(exchange.responseHeaders['set-cookie']).toBeUndefined();
  }
});

test('page views ask nothing of the API', async ({ page, person, stack }) => {
  await registerThroughPage(page, stack.webUrl, person);
  const before = stack.wire.exchanges.length;
  for (let view = 0; view < 3; view += 1) await page.reload();
  await expect(page.getByRole('main')).toContainText(person.email);
  expect(stack.wire.exchanges.slice(before)).toEqual([]);
});

test('neither app writes a token, cookie or password', async ({ context, page, person, stack }) => {
  await registerThroughPage(page, stack.webUrl, person);
  const cookies = await context.cookies();
  await page.getByRole('button', { name: 'Log out' }).click();
  await logInThroughPage(page, stack.webUrl, { ...person, password: 'not-the-password' });
  await expect(page.getByRole('alert').filter({ hasText: /wrong|match/i })).toBeVisible();

  const written = stack.web.output + stack.api.output;
  const secrets = [
    person.password,
    'not-the-password',
    ...cookies.map(({ value }) => value),
    ...stack.wire.issuedTokens(),
  ];
  expect(cookies.length).toBeGreaterThan(0);
  expect(stack.api.output).toContain('login_failed');
  for (const secret of secrets) expect(written.includes(secret)).toBe(false);
});
