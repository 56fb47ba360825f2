import type { BrowserContext, Page } from '@playwright/test';
import { type EvilSite, startEvilSite } from '../src/evil-site.ts';
import {
  expect,
  expectRefused,
  expectServed,
  jarOf,
  logInThroughPage,
  logOutThroughPage,
  newPerson,
  type Person,
  registerThroughPage,
  test as base,
} from '../src/fixtures.ts';
import { cookieNamesOf, cookiesOf, hostsOf, nameOf, sharedSites, type Site } from '../src/site.ts';
import { cookiesSetBy, recordTraffic } from '../src/traffic.ts';

const test = base.extend<{ evil: EvilSite }>({
  evil: async ({ stackOptions }, use) => {
    const evil = await startEvilSite(stackOptions.site ?? { mode: 'shared-domain', scheme: 'http' });
    await use(evil);
    await evil.close();
  },
});

/** What a script of the page that is open makes of a call to the API, credentials included. */
async function askByScript(page: Page, url: string): Promise<unknown> {
  return page.evaluate(async (address) => {
    try {
      const response = await fetch(address, { credentials: 'include', headers: { 'x-footbridge': '1' } });
      return { status: response.status, body: await response.json() };
    } catch {
      return 'refused by the browser';
    }
  }, url);
}

interface Attack {
  readonly target: 'webUrl' | 'apiUrl';
  readonly path: string;
  /** How a form says it, or a script that does not ask whether it may. */
  readonly type: 'application/x-www-form-urlencoded' | 'text/plain';
}

const targets = [
  ['webUrl', ['/api/login', '/api/register', '/api/logout', '/api/refresh', '/api/sessions/end-all']],
  ['apiUrl', ['/api/login', '/api/register', '/api/logout', '/api/refresh', '/api/logout-all', '/api/me/password']],
] as const;

const attacks: readonly Attack[] = targets.flatMap(([target, paths]) =>
  paths.flatMap((path) =>
    (['application/x-www-form-urlencoded', 'text/plain'] as const).map((type) => ({ target, path, type })),
  ),
);

/** Sends what CORS lets any page send, with the attacker's own account in it. */
async function attack(page: Page, url: string, { type, attacker }: { type: string; attacker: Person }): Promise<void> {
  const body =
    type === 'text/plain'
      ? JSON.stringify(attacker)
      : String(new URLSearchParams({ email: attacker.email, password: attacker.password }));
  await page.evaluate(
    async (sent) => {
      const options = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const;
      // The answer is not for its eyes, either (Cross-Origin-Resource-Policy); the request has been sent.
      await fetch(sent.url, { ...options, headers: { 'content-type': sent.type }, body: sent.body }).catch(() => {});
    },
    { url, type, body },
  );
}

interface HiddenAnswer {
  readonly status: number;
  readonly setsCookie: boolean;
}

/** Answers as the browser's network gets them, also those that `Cross-Origin-Resource-Policy` keeps from everybody else. */
async function recordHiddenAnswers(page: Page): Promise<readonly HiddenAnswer[]> {
  const answers: HiddenAnswer[] = [];
  const network = await page.context().newCDPSession(page);
  network.on('Network.responseReceivedExtraInfo', ({ statusCode, headers }) => {
    const setsCookie = Object.keys(headers).some((name) => name.toLowerCase() === 'set-cookie');
    answers.push({ status: statusCode, setsCookie });
  });
  await network.send('Network.enable');
  return answers;
}

async function valuesIn(context: BrowserContext): Promise<string[]> {
  return (await context.cookies()).map(({ name, value }) => `${name}=${value}`).toSorted();
}

/** Both cookies with a value that nobody signed. */
function junk(site: Site, scope: string): string[] {
  const secure = site.scheme === 'https' ? '; Secure' : '';
  return cookieNamesOf(site).map((name) => `${name}=eyJ.planted.junk; ${scope}${secure}`);
}

for (const site of sharedSites) {
  test.describe(nameOf(site), () => {
    test.use({ stackOptions: { site } });
    const domain = hostsOf(site).cookieDomain ?? '';

    test('the API takes the cookies, from its own pages', async ({ context, evil, page, person, stack }) => {
      const traffic = recordTraffic(context);
      await registerThroughPage(page, stack.webUrl, person);
      expect(cookiesSetBy(await traffic.received(), stack.apiUrl)).toHaveLength(2);
      expect(cookiesSetBy(await traffic.received(), stack.webUrl)).toEqual([]);

      const known = { status: 200, body: { success: true, authenticated: true } };
      expect(await askByScript(page, `${stack.apiUrl}/api/verify`)).toMatchObject(known);
      const evilPage = await context.newPage();
      await evilPage.goto(evil.origin);
      expect(await askByScript(evilPage, `${stack.apiUrl}/api/verify`)).toBe('refused by the browser');
    });

    test('a sibling can neither log in nor out nor act', async ({ context, evil, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const attacker = newPerson();
      const elsewhere = await page.request.post(`${stack.webLoopbackUrl}/api/register`, {
        headers: { 'x-footbridge': '1' },
        data: attacker,
      });
      expect(elsewhere.status()).toBe(201);

      const evilPage = await context.newPage();
      await evilPage.goto(evil.origin);
      const [before, answers] = [await valuesIn(context), await recordHiddenAnswers(evilPage)];
      for (const { target, path, type } of attacks) {
        await attack(evilPage, stack[target] + path, { type, attacker });
      }
      await expect.poll(() => answers.length).toBe(attacks.length);
      for (const [index, { target, path }] of attacks.entries()) {
        expect(answers[index], `${target} ${path}`).toEqual({ status: 403, setsCookie: false });
      }
      expect(await valuesIn(context)).toEqual(before);
      await expectServed(page, stack.webUrl, person);
    });

    test("a sibling's form leads to a refusal", async ({ context, evil, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const before = await valuesIn(context);
      const evilPage = await context.newPage();
      for (const action of [`${stack.webUrl}/api/logout`, `${stack.apiUrl}/api/logout`]) {
        await evilPage.goto(evil.origin);
        const answer = evilPage.waitForResponse(action);
        await evilPage.evaluate((target) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action: target });
          document.body.append(form);
          form.submit();
        }, action);
        expect((await answer).status()).toBe(403);
        await evilPage.waitForURL(action);
      }
      expect(await valuesIn(context)).toEqual(before);
      await expectServed(page, stack.webUrl, person);
    });

    test('what a sibling planted before is gone after the login', async ({ context, evil, page, person, stack }) => {
      const [access = '', refresh = ''] = junk(site, `Domain=${domain}; Path=/`);
      await page.goto(evil.planting([access]));
      await page.evaluate((line) => {
        document.cookie = line;
      }, refresh);
      expect(await context.cookies()).toHaveLength(2);
      await expectRefused(page, stack.webUrl);
      await registerThroughPage(page, stack.webUrl, person);
      expect(await jarOf(context)).toEqual(cookiesOf(site));
      expect((await valuesIn(context)).join()).not.toContain('planted');
    });

    test("a sibling's script cannot touch the cookies", async ({ context, evil, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const before = await valuesIn(context);
      const evilPage = await context.newPage();
      await evilPage.goto(evil.origin);
      expect(await evilPage.evaluate(() => document.cookie)).toBe('');
      await evilPage.evaluate(
        (lines) => {
          for (const line of lines) document.cookie = line;
        },
        junk(site, `Domain=${domain}; Path=/`),
      );
      expect(await valuesIn(context)).toEqual(before);
      await expectServed(page, stack.webUrl, person);
    });

    test('twins on deeper paths neither log out nor take over', async ({ context, evil, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const evilPage = await context.newPage();
      const twins = ['/private', '/api'].flatMap((path) => junk(site, `Domain=${domain}; Path=${path}`));
      await evilPage.goto(evil.planting(twins));
      expect(await context.cookies()).toHaveLength(6);

      await expectServed(page, stack.webUrl, person);
      const known = { status: 200, body: { authenticated: true } };
      expect(await askByScript(page, `${stack.apiUrl}/api/verify`)).toMatchObject(known);
      expect(await askByScript(page, '/api/session')).toMatchObject(known);
      await logOutThroughPage(page);
      await expectRefused(page, stack.webUrl);
    });

    test('an overwritten access cookie is replaced by a refresh', async ({ context, evil, page, person, stack }) => {
      await registerThroughPage(page, stack.webUrl, person);
      const evilPage = await context.newPage();
      await evilPage.goto(evil.planting(junk(site, `Domain=${domain}; Path=/; HttpOnly`).slice(0, 1)));
      expect((await valuesIn(context)).join()).toContain('planted');
      await expectServed(page, stack.webUrl, person);
      expect((await valuesIn(context)).join()).not.toContain('planted');
    });

    for (const host of ['webUrl', 'apiUrl'] as const) {
      test(`twins of the host alone, at ${host}, go with the next login`, async ({ context, page, person, stack }) => {
        const { hostname: ofHost } = new URL(stack[host]);
        const twins = cookiesOf(site).map(({ name, path, httpOnly, secure }) => {
          return { name, value: 'eyJ.planted.junk', domain: ofHost, path, httpOnly, secure, sameSite: 'Lax' as const };
        });
        await registerThroughPage(page, stack.webUrl, person);
        await context.addCookies(twins);
        expect(await context.cookies()).toHaveLength(4);
        await expectServed(page, stack.webUrl, person);
        expect(await askByScript(page, `${stack.apiUrl}/api/verify`)).toMatchObject({ status: 200 });

        if (host === 'webUrl') await page.evaluate(() => fetch('/api/refresh', { method: 'POST' }));
        else await logInThroughPage(page, stack.webUrl, person);
        await page.waitForURL(`${stack.webUrl}/private`);
        await expect.poll(() => jarOf(context)).toEqual(cookiesOf(site));
        await expectServed(page, stack.webUrl, person);
      });
    }
  });
}
