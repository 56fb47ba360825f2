import { expect, test } from '../src/fixtures.ts';
import { addNote, card, changeText, deleteNote, expectLive, newNote, openNotes, secondTab } from '../src/notes-page.ts';
import { nameOf, sites } from '../src/site.ts';
import { startStack } from '../src/stack.ts';

test('keeps both versions of a note that was changed in two places', { tag: '@both-browsers' }, async ({
  page,
  person,
  stack,
}) => {
  await openNotes(page, stack, person);
  await addNote(page, 'Plan', 'draft');
  const tab = await secondTab(page, stack);
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  const mine = card(page, 'Plan').getByLabel('Text');
  await mine.fill('by me');
  await changeText(tab, 'Plan', 'by them');
  await expect(page.getByRole('alert').filter({ hasText: 'changed elsewhere' })).toBeVisible();
  await expect(card(page, 'Plan').getByRole('blockquote')).toContainText('by them');
  await expect(mine).toHaveValue('by me');
  await page.getByRole('button', { name: 'Save mine instead' }).click();
  await expect(card(tab, 'Plan')).toContainText('by me');

  // Where no news arrives, the API is the one to notice.
  await page.route('**/notes/events', (route) => route.abort());
  await page.reload();
  await page.getByRole('button', { name: 'Edit Plan' }).click();
  await mine.fill('mine again');
  await changeText(tab, 'Plan', 'theirs again');
  await card(page, 'Plan').getByRole('button', { name: 'Save' }).click();
  await expect(card(page, 'Plan').getByRole('blockquote')).toContainText('theirs again');
  await expect(mine).toHaveValue('mine again');
  await page.getByRole('button', { name: 'Keep the other version' }).click();
  await expect(card(page, 'Plan')).toContainText('theirs again');
});

test('keeps what was written for a note that was deleted elsewhere', async ({ page, person, stack }) => {
  await openNotes(page, stack, person);
  await addNote(page, 'Poem', 'one line');
  const tab = await secondTab(page, stack);
  await page.getByRole('button', { name: 'Edit Poem' }).click();
  await card(page, 'Poem').getByLabel('Text').fill('two lines');
  await deleteNote(tab, 'Poem');
  await expect(page.getByRole('alert').filter({ hasText: 'deleted elsewhere' })).toBeVisible();
  await page.getByRole('button', { name: 'Save as a new note' }).click();
  await expect(page.getByRole('button', { name: 'Edit Poem' })).toHaveCount(1);
  await expect(card(tab, 'Poem')).toContainText('two lines');
});

test('brings a note back that could not be deleted', async ({ page, person, stack }) => {
  await openNotes(page, stack, person);
  await addNote(page, 'Rock');
  await page.route('**/notes/*', (route) => (route.request().method() === 'DELETE' ? route.abort() : route.fallback()));
  await deleteNote(page, 'Rock');
  await expect(page.getByRole('alert').filter({ hasText: 'cannot be reached' })).toBeVisible();
  await expect(card(page, 'Rock')).toBeVisible();
});

test('goes on where it stood when the page was out of sight', async ({ page, person, stack }) => {
  await page.clock.install();
  await openNotes(page, stack, person);
  const tab = await secondTab(page, stack);
  const see = (visibilityState: string) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, visibilityState);

  await see('hidden');
  await page.clock.fastForward(29_000);
  await expectLive(page);
  await page.clock.fastForward(2_000);
  await expect(page.locator('[data-live="off"]')).toBeVisible();
  await addNote(tab, 'Meanwhile');
  await expect(card(page, 'Meanwhile')).toHaveCount(0);

  await see('visible');
  await expect(card(page, 'Meanwhile')).toBeVisible();
});

test('says that the API is away, and is live again when it is back', async ({ page, person }) => {
  const stack = await startStack();
  try {
    await openNotes(page, stack, person);
    await addNote(page, 'Kept');
    await stack.api.stop();
    await expect(page.locator('[data-live="lost"]')).toBeVisible();
    await newNote(page).getByLabel('Title').fill('Not yet');
    await newNote(page).getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'cannot be reached' })).toBeVisible();
    await expect(newNote(page).getByLabel('Title')).toHaveValue('Not yet');
    await expect(card(page, 'Kept')).toBeVisible();

    const tab = await page.context().newPage();
    await tab.goto(`${stack.webUrl}/private/notes`);
    await expect(tab.getByRole('alert').filter({ hasText: 'cannot be shown right now' })).toBeVisible();

    await stack.api.start();
    await expectLive(page);
    await newNote(page).getByRole('button', { name: 'Add note' }).click();
    await expect(card(page, 'Not yet')).toBeVisible();
  } finally {
    await stack.close();
  }
});

for (const site of sites.filter(({ scheme }) => scheme === 'http')) {
  test.describe(nameOf(site), () => {
    test.use({ stackOptions: { site, settings: { ACCESS_TOKEN_TTL_SECONDS: '2' } } });

    test('outlives its access token, whatever is done next', async ({ page, person, stack }) => {
      await openNotes(page, stack, person);
      await addNote(page, 'Long');
      const untilOver = () => page.waitForTimeout(2_500);

      await untilOver();
      await page
        .getByLabel('Attach a file: Long')
        .setInputFiles({ name: 'a.bin', mimeType: 'text/plain', buffer: Buffer.alloc(300_000, 'a') });
      await expect(card(page, 'Long')).toContainText('SHA-256');

      await untilOver();
      const arriving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download what is attached to Long' }).click();
      expect((await arriving).suggestedFilename()).toBe('a.bin');

      await untilOver();
      await changeText(page, 'Long', 'still here');
      await expectLive(page);
    });
  });
}
