import { openApiDocument, tokenAnswer } from '@footbridge/contracts';
import type { Locator, Page } from '@playwright/test';
import { expect, newPerson, type Person, test } from '../src/fixtures.ts';
import { nameOf, type Site, sites } from '../src/site.ts';
import { prepareStack, type Stack } from '../src/stack.ts';
import { watchViolations } from '../src/violations.ts';

/** Opens the page, and waits until it has read the description. */
async function openDocs(page: Page, apiUrl: string): Promise<void> {
  await page.goto(`${apiUrl}/docs`);
  await expect(page.locator('.opblock').first()).toBeVisible();
}

/** A stock Firefox tells the page nothing of a value that its driver sets, but of a key that is pressed. */
async function type(field: Locator, text: string): Promise<void> {
  await field.fill(text.slice(0, -1));
  await field.press('Control+End');
  await field.pressSequentially(text.slice(-1));
}

/** Fills in credentials as the page asks for them, as far as they are named. */
async function authorize(
  page: Page,
  { bearer, client }: { bearer?: string; client?: [string, string] },
): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).click();
  const dialog = page.locator('.dialog-ux');
  if (bearer !== undefined) {
    const form = dialog.locator('.auth-container', { hasText: 'bearer' });
    await type(form.locator('input'), bearer);
    await form.getByRole('button', { name: 'Apply' }).click();
    await expect(form.getByRole('button', { name: 'Remove' })).toBeVisible();
  }
  if (client !== undefined) {
    const form = dialog.locator('.auth-container', { hasText: 'client' });
    await type(form.locator('input[type=text]'), client[0]);
    await type(form.locator('input[type=password]'), client[1]);
    await form.getByRole('button', { name: 'Apply' }).click();
    await expect(form.getByRole('button', { name: 'Remove' })).toBeVisible();
  }
  await dialog.getByRole('button', { name: 'Close' }).last().click();
}

/** Tries one operation, and gives the status and the body that the page shows. */
async function tryOut(page: Page, id: string, body?: object): Promise<{ status: string; text: string }> {
  const operation = page.locator(`#operations-${id}`);
  await operation.locator('button').first().click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  if (body !== undefined) await type(operation.locator('textarea.body-param__text'), JSON.stringify(body));
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table .response');
  await expect(answer).toBeVisible();
  return {
    status: (await answer.locator('.response-col_status').innerText()).trim(),
    text: await answer.locator('.response-col_description').innerText(),
  };
}

/** A script's registration, which gets a token for the page to try. */
async function tokenOf({ api, apiLoopbackUrl }: Stack, person: Person): Promise<string> {
  const credential = Buffer.from(`web:${api.environment['API_CLIENT_SECRET']}`).toString('base64');
  const response = await fetch(`${apiLoopbackUrl}/api/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credential}` },
    body: JSON.stringify(person),
  });
  return tokenAnswer.parse(await response.json()).token;
}

for (const site of sites.filter(({ mode, scheme }) => mode === 'shared-domain' || scheme === 'http')) {
  test.describe(`the API's own page, ${nameOf(site)}`, () => {
    let stack: Stack;
    test.beforeAll(async () => {
      stack = await prepareStack({ site });
      await stack.api.start();
    });
    test.afterAll(() => stack.close());

    test('shows every operation and breaks no policy @both-browsers', async ({ page, context }) => {
      const { all, complaints } = await watchViolations(context);
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(stack.apiUrl) && !url.startsWith('data:')) elsewhere.push(url);
      });
      await openDocs(page, stack.apiUrl);
      const { paths } = openApiDocument.parse(await (await fetch(`${stack.apiLoopbackUrl}/openapi.json`)).json());
      const operations = Object.values(paths).flatMap((path) => Object.keys(path)).length;
      expect(operations).toBeGreaterThan(25);
      await expect(page.locator('.opblock')).toHaveCount(operations);
      for (const id of ['Sign-in-login', 'Notes-changeNote', 'Notes-attach', 'Tokens-revocations']) {
        await page.locator(`#operations-${id} button`).first().click();
        await expect(page.locator(`#operations-${id} .responses-table`)).toBeVisible();
      }
      expect({ all, complaints, elsewhere }).toEqual({ all: [], complaints: [], elsewhere: [] });
    });

    test('calls with a bearer and with the client credential @both-browsers', async ({ page, context }) => {
      const { all } = await watchViolations(context);
      const person = newPerson();
      const token = await tokenOf(stack, person);
      await openDocs(page, stack.apiUrl);
      expect(await tryOut(page, 'Account-sessions')).toMatchObject({
        status: '401',
        text: expect.stringContaining('missing_token'),
      });
      await authorize(page, { bearer: token, client: ['web', stack.api.environment['API_CLIENT_SECRET'] ?? ''] });
      expect(await tryOut(page, 'Account-me')).toMatchObject({
        status: '200',
        text: expect.stringContaining(person.email),
      });
      const { email, password } = person;
      expect(await tryOut(page, 'Sign-in-login', { email, password })).toMatchObject({
        status: '200',
        text: expect.stringContaining('"refreshToken"'),
      });
      expect(all).toEqual([]);
    });

    test('runs no script but its own', async ({ page, context }) => {
      const { all } = await watchViolations(context);
      await openDocs(page, stack.apiUrl);
      await page.evaluate(() => {
        const inline = document.createElement('script');
        inline.textContent = 'document.title = "taken over"';
        const own = document.createElement('script');
        own.src = '/docs/start.js?again';
        const image = document.createElement('img');
        image.setAttribute('onerror', 'document.title = "taken over"');
        image.src = 'https://evil.example/x.png';
        document.body.append(inline, own, image);
      });
      await expect.poll(() => all.length).toBeGreaterThanOrEqual(3);
      expect(await page.title()).toBe('Footbridge API');
      expect(all.join('\n')).toMatch(/script-src-elem inline/);
      expect(all.join('\n')).toMatch(/img-src https:\/\/evil\.example/);
    });
  });
}

test.describe('the page on a phone', () => {
  const site: Site = { mode: 'proxy', scheme: 'http' };
  let stack: Stack;
  test.beforeAll(async () => {
    stack = await prepareStack({ site });
    await stack.api.start();
  });
  test.afterAll(() => stack.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`fits, and can be read, when it is ${colorScheme}`, async ({ browser }) => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 360, height: 740 } });
      await openDocs(page, stack.apiUrl);
      for (const id of ['Account-changePassword', 'Notes-attachment']) {
        await page.locator(`#operations-${id} button`).first().click();
        await expect(page.locator(`#operations-${id} .responses-table`)).toBeVisible();
      }
      const { width, ink } = await page.evaluate(() => {
        const cell = document.querySelector('table.headers td');
        return {
          width: document.documentElement.scrollWidth,
          ink: getComputedStyle(cell ?? document.body).color,
        };
      });
      expect(width).toBeLessThanOrEqual(360);
      const brightnessOfInk = Number(/\d+/.exec(ink)?.[0]);
      if (colorScheme === 'dark') expect(brightnessOfInk).toBeGreaterThan(200);
      else expect(brightnessOfInk).toBeLessThan(100);
      await page.close();
    });
  }
});
