import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { expect, registerThroughPage, test } from '../src/fixtures.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every violation of WCAG 2.2 A and AA that axe finds, by rule and place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const axe: unknown = Reflect.get(window, 'axe');
    if (typeof axe !== 'object' || axe === null || !('run' in axe) || typeof axe.run !== 'function') {
      throw new TypeError('axe did not load');
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result: { passes: unknown[]; violations: { id: string; nodes: { target: string[] }[] }[] } = await axe.run(
      document,
      { runOnly: tags },
    );
    if (result.passes.length === 0) throw new Error('axe checked nothing');
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1280]) {
    test.describe(`in ${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('every page is accessible and fits', async ({ page, person, stack }) => {
        const check = async (path: string): Promise<void> => {
          await page.goto(`${stack.webUrl}${path}`);
          expect(await violations(page), path).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
        };
        await check('/');
        await check('/login?error=invalid_credentials&returnTo=%2Fprivate');
        await check('/register?error=validation_failed&fields=email,password');
        await registerThroughPage(page, stack.webUrl, person);
        await check('/private');
        await check('/private/sessions');
        await check('/private/password');
        await check('/nowhere');
      });
    });
  }
}
