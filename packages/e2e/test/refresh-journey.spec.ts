import { expect, registerThroughPage, test } from '../src/fixtures.ts';

/** Access tokens that are over soon. Staying in across their end is `modes-staying-in.spec.ts`. */
test.describe('after the access token', () => {
  test.use({ stackOptions: { settings: { ACCESS_TOKEN_TTL_SECONDS: '3' } } });

  test('a prefetch rotates nothing and sets nothing', async ({ context, page, person, stack }) => {
    await registerThroughPage(page, stack.webUrl, person);
    await page.waitForTimeout(3_300);
    const [cookies, asked] = [await context.cookies(), stack.wire.exchanges.length];
    const status = await page.evaluate(async () => {
      const response = await fetch('/private/sessions', {
        headers: { RSC: '1', 'Next-Router-Prefetch': '1', 'Next-Router-Segment-Prefetch': '/_tree' },
      });
      return response.status;
    });
    expect(status).toBe(401);
    expect(cookies).toHaveLength(1);
    expect(await context.cookies()).toEqual(cookies);
    expect(stack.wire.exchanges.slice(asked).filter(({ path }) => path === '/api/refresh')).toEqual([]);
  });
});

const ends = [
  { name: 'idle', settings: { ACCESS_TOKEN_TTL_SECONDS: '2', SESSION_IDLE_TTL_SECONDS: '4' } },
  { name: 'absolute', settings: { ACCESS_TOKEN_TTL_SECONDS: '2', SESSION_ABSOLUTE_TTL_SECONDS: '4' } },
] as const;

for (const { name, settings } of ends) {
  test.describe(`at the ${name} end`, () => {
    test.use({ stackOptions: { settings } });

    test('a person is put out with a message and a way back', async ({ page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      await expect(page.getByText('Your session has ended.')).toBeVisible();
      await page.goto(`${stack.webUrl}/private/sessions`);
      await expect(page).toHaveURL(/\/login\?/);
      await expect(page.getByText(/you will be taken to it|to go on where you were/)).toBeVisible();
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(`${stack.webUrl}/private/sessions`);
    });
  });
}
