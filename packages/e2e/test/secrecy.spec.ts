import type { BrowserContext, Page } from '@playwright/test';
import { expect, logInThroughPage, registerThroughPage, test } from '../src/fixtures.ts';

/** Keeps every byte that reaches the browser: status lines' headers, bodies, HTML, scripts and RSC payloads. */
function keepEverything(context: BrowserContext): () => Promise<string> {
  const texts: Promise<string>[] = [];
  context.on('response', (response) => {
    const headers = response.headersArray().then((all) => JSON.stringify(all));
    const body = response.body().then(
      (bytes) => bytes.toString('latin1'),
      () => '',
    );
    texts.push(headers, body, Promise.resolve(response.url()));
  });
  return async () => (await Promise.all(texts)).join('\n');
}

async function walk(page: Page, webUrl: string): Promise<void> {
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

test('the browser never sees a token, in any byte', async ({ context, page, person, stack }) => {
  const everything = keepEverything(context);
  const before = stack.wire.issuedTokens().length;
  await registerThroughPage(page, stack.webUrl, person);
  await walk(page, stack.webUrl);
  await page.getByRole('button', { name: 'Log out' }).click();
  await logInThroughPage(page, stack.webUrl, person);
  await page.waitForURL(`${stack.webUrl}/private`);
  await page.waitForLoadState('networkidle');

  const tokens = stack.wire.issuedTokens().slice(before);
  expect(tokens).toHaveLength(4);
  const seen = await everything();
  expect(seen).toContain(person.email);
  for (const token of tokens) {
    expect(seen.includes(token)).toBe(false);
    const signatureOrMac = token.split('.').at(-1) ?? '';
    expect(signatureOrMac.length).toBeGreaterThan(20);
    expect(seen.includes(signatureOrMac)).toBe(false);
  }
  const storage = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(storage).toBe('[{},{},""]');
});

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
