import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Download } from '@playwright/test';
import { expect, registerThroughPage, test } from '../src/fixtures.ts';
import {
  addNote,
  card,
  changeText,
  deleteNote,
  expectLive,
  newNote,
  noteList,
  openNotes,
  secondTab,
} from '../src/notes-page.ts';
import { nameOf, sites } from '../src/site.ts';

const mebibyte = 1024 * 1024;

async function bytesOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

for (const site of sites.filter(({ scheme }) => scheme === 'http')) {
  test.describe(nameOf(site), () => {
    test.use({ stackOptions: { site } });

    test('adds, changes and deletes notes, and finds them again', { tag: '@both-browsers' }, async ({
      page,
      person,
      stack,
    }) => {
      await openNotes(page, stack, person);
      await expect(page.getByText('There are no notes yet.')).toBeVisible();
      await addNote(page, 'Milk', 'two bottles');
      await expect(page.getByRole('status').filter({ hasText: '“Milk” was added.' })).toBeVisible();
      await addNote(page, 'Bread');
      await expect(noteList(page).getByRole('heading', { level: 3 })).toHaveText(['Bread', 'Milk']);

      await page.getByRole('button', { name: 'Edit Milk' }).click();
      await expect(card(page, 'Milk').getByLabel('Title')).toBeFocused();
      await card(page, 'Milk').getByLabel('Text').fill('three bottles\n<b>cold</b>');
      await card(page, 'Milk').getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('button', { name: 'Edit Milk' })).toBeFocused();
      await expect(card(page, 'Milk')).toContainText('<b>cold</b>');

      await page.reload();
      await expect(card(page, 'Milk')).toContainText('three bottles');
      await deleteNote(page, 'Milk');
      await expect(page.getByRole('status').filter({ hasText: '“Milk” was deleted.' })).toBeVisible();
      await page.reload();
      await expect(noteList(page).getByRole('heading', { level: 3 })).toHaveText(['Bread']);
    });

    test('shows in a second tab what happens in the first within two seconds', { tag: '@both-browsers' }, async ({
      page,
      person,
      stack,
    }) => {
      await openNotes(page, stack, person);
      const tab = await secondTab(page, stack);
      const soon = { timeout: 2_000 };
      await addNote(page, 'News');
      await expect(card(tab, 'News')).toBeVisible(soon);

      await changeText(page, 'News', 'and more');
      await expect(card(tab, 'News')).toContainText('and more', soon);

      await deleteNote(page, 'News');
      await expect(card(tab, 'News')).toHaveCount(0, soon);
    });

    test('uploads with progress and downloads the same bytes', async ({ page, person, stack }) => {
      await openNotes(page, stack, person);
      await addNote(page, 'Photo');
      const bytes = randomBytes(3 * mebibyte + 17);
      const network = await page.context().newCDPSession(page);
      await network.send('Network.enable');
      const throttle = (uploadThroughput: number) =>
        network.send('Network.emulateNetworkConditions', {
          offline: false,
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput,
        });
      const pick = (name: string) =>
        page.getByLabel('Attach a file: Photo').setInputFiles({ name, mimeType: 'image/png', buffer: bytes });
      const progress = page.getByRole('progressbar', { name: /“.*”/ });

      await throttle(mebibyte);
      await pick('given up.png');
      await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await expect(page.getByRole('status').filter({ hasText: 'cancelled' })).toBeVisible();
      await expect(page.getByLabel('Attach a file: Photo')).toBeAttached();

      await throttle(-1);
      await pick('harbour ü.png');
      await expect(card(page, 'Photo')).toContainText(sha256(bytes));
      await expect(card(page, 'Photo')).toContainText('harbour ü.png, 3 MiB');

      const arriving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download what is attached to Photo' }).click();
      const download = await arriving;
      expect(download.suggestedFilename()).toBe('harbour ü.png');
      expect(sha256(await bytesOf(download))).toBe(sha256(bytes));
      expect(new URL(page.url()).pathname, 'the page stays').toBe('/private/notes');
      await expectLive(page);

      await page.getByRole('button', { name: 'Remove what is attached to Photo' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove file' }).click();
      await expect(card(page, 'Photo')).not.toContainText('SHA-256');
    });

    test('exports every note as a line of JSON', async ({ page, person, stack }) => {
      await openNotes(page, stack, person);
      await addNote(page, 'One', 'first');
      await addNote(page, 'Two', 'second');
      const arriving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export all' }).click();
      const download = await arriving;
      expect(download.suggestedFilename()).toBe('notes.ndjson');
      const lines = (await bytesOf(download)).toString('utf8').trimEnd().split('\n');
      expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
        { title: 'Two', body: 'second' },
        { title: 'One', body: 'first' },
      ]);
    });

    test('shows nothing after a logout', async ({ page, person, stack }) => {
      await openNotes(page, stack, person);
      await addNote(page, 'Secret');
      const tab = await secondTab(page, stack);
      await page.getByRole('button', { name: 'Log out' }).click();
      await expect(page.getByRole('button', { name: 'Log out' })).toHaveCount(0);

      await expect(tab.getByText(/session has ended/i)).toBeVisible();
      await expect(tab.locator('[data-live="off"]')).toBeVisible();
      await newNote(tab).getByLabel('Title').fill('Too late');
      await tab.getByRole('button', { name: 'Add note' }).click();
      await expect(tab.getByRole('alert').filter({ hasText: 'not logged in any more' })).toBeVisible();

      await page.goto(`${stack.webUrl}/private/notes`);
      await expect(page).toHaveURL(`${stack.webUrl}/login?returnTo=%2Fprivate%2Fnotes`);
      await page.goBack();
      await expect(page.getByText('Secret')).toHaveCount(0);
    });
  });
}

test('names the field that the API refuses, and keeps what was typed', async ({ page, person, stack }) => {
  await openNotes(page, stack, person);
  const form = newNote(page);
  await form.getByLabel('Title').fill('   ');
  await form.getByLabel('Text').fill('kept');
  await form.getByRole('button', { name: 'Add note' }).click();
  await expect(form.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByLabel('Title')).toBeFocused();
  await expect(form.getByLabel('Text')).toHaveValue('kept');
});

test('sends no file that is too large', async ({ page, person, stack }, testInfo) => {
  await openNotes(page, stack, person);
  await addNote(page, 'Film');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const path = testInfo.outputPath('film.bin');
  writeFileSync(path, Buffer.alloc(25 * mebibyte + 1));
  await page.getByLabel('Attach a file: Film').setInputFiles(path);
  await expect(page.getByRole('alert').filter({ hasText: 'at most 25 MiB' })).toBeVisible();
  expect(sent.filter((line) => line.includes('attachment'))).toEqual([]);
});

test('adds older notes to the list on demand', async ({ page, person, stack }) => {
  await openNotes(page, stack, person);
  const made = await page.evaluate(async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 21; index += 1) {
      const response = await fetch('/api/proxy/notes', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-footbridge': '1' },
        body: JSON.stringify({ title: `Note ${index}` }),
      });
      statuses.push(response.status);
    }
    return statuses;
  });
  expect(new Set(made)).toEqual(new Set([201]));
  await page.reload();
  await expect(noteList(page).getByRole('listitem')).toHaveCount(20);
  await page.getByRole('link', { name: 'Show older notes' }).click();
  await expect(noteList(page).getByRole('listitem')).toHaveCount(21);
  await expect(page.getByRole('link', { name: 'Show older notes' })).toHaveCount(0);
});

test('is worked by keyboard alone', async ({ page, person, stack }) => {
  await openNotes(page, stack, person);
  await newNote(page).getByLabel('Title').focus();
  await page.keyboard.type('Keys');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Keys')).toBeVisible();

  await page.getByRole('button', { name: 'Delete Keys' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Delete Keys' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(card(page, 'Keys')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Your list' })).toBeFocused();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('adds notes, says what is wrong, and offers nothing that does not work', async ({ page, person, stack }) => {
    await registerThroughPage(page, stack.webUrl, person);
    await page.getByRole('link', { name: 'Your notes' }).click();
    const form = newNote(page);
    await form.getByLabel('Title').fill('   ');
    await form.getByLabel('Text').fill('first line\nsecond line');
    await form.getByRole('button', { name: 'Add note' }).click();
    await expect(form.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
    await expect(form.getByLabel('Text')).toHaveValue('first line\nsecond line');

    await form.getByLabel('Title').fill('On paper');
    await form.getByRole('button', { name: 'Add note' }).click();
    await expect(page.getByText('Your note was added.')).toBeVisible();
    await expect(page).toHaveURL(`${stack.webUrl}/private/notes?created=yes`);
    await expect(card(page, 'On paper')).toContainText('second line');
    await expect(page.getByRole('button')).toHaveText(['Log out', 'Add note']);
  });
});
