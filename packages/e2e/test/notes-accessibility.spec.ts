import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { expect, test } from '../src/fixtures.ts';
import { addNote, card, changeText, expectLive, openNotes, secondTab } from '../src/notes-page.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every violation that axe finds, by rule and place. */
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
  for (const width of [360, 1280]) {
    test.describe(`in ${colorScheme}, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('is accessible in every state, fits, and does not shift', async ({ page, person, stack }) => {
        const check = async (state: string): Promise<void> => {
          expect(await violations(page), state).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow, `${state}: scrolls sideways`).toBeLessThanOrEqual(0);
        };
        await openNotes(page, stack, person);
        await check('empty');
        await addNote(page, 'W'.repeat(200), `https://example.com/${'long'.repeat(100)}`);
        await addNote(page, 'Plain', 'with a file');
        await page
          .getByLabel('Attach a file: Plain')
          .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
        await expect(card(page, 'Plain')).toContainText('SHA-256');
        await check('with notes');

        await page.getByRole('button', { name: 'Delete Plain' }).click();
        await check('asking');
        await page.keyboard.press('Escape');

        await page.getByRole('button', { name: 'Edit Plain' }).click();
        await changeText(await secondTab(page, stack), 'Plain', 'with another text');
        await expect(page.getByRole('button', { name: 'Save mine instead' })).toBeVisible();
        await check('in conflict');

        await page.goto('about:blank');
        await page.goto(`${stack.webUrl}/private/notes`);
        await expectLive(page);
        expect(await layoutShift(page)).toBe(0);
      });
    });
  }
}

/** What has moved by itself since the page was opened (Layout Instability API). */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((records) => {
          for (const entry of records.getEntries()) {
            if ('value' in entry && typeof entry.value === 'number') sum += entry.value;
          }
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 500);
      }),
  );
}
