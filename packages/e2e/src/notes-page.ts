/** The notes page as a person works it. */
import type { Locator, Page } from '@playwright/test';
import { expect, type Person, registerThroughPage } from './fixtures.ts';
import type { Stack } from './stack.ts';

/** Somebody who has just registered and looks at their notes, of which there are none, live. */
export async function openNotes(page: Page, stack: Pick<Stack, 'webUrl'>, person: Person): Promise<void> {
  await registerThroughPage(page, stack.webUrl, person);
  await page.goto(`${stack.webUrl}/private/notes`);
  await expectLive(page);
}

/** The same person's notes in another tab, live. */
export async function secondTab(page: Page, stack: Pick<Stack, 'webUrl'>): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${stack.webUrl}/private/notes`);
  await expectLive(tab);
  return tab;
}

/** Waits until what happens elsewhere shows up by itself. */
export async function expectLive(page: Page): Promise<void> {
  await expect(page.locator('[data-live="live"]')).toBeVisible({ timeout: 30_000 });
}

/** The form above the list. */
export function newNote(page: Page): Locator {
  return page.getByRole('region', { name: 'New note' });
}

export function noteList(page: Page): Locator {
  return page.getByRole('region', { name: 'Your list' });
}

/** One note, by what its heading contains, which says "Edit: …" while somebody writes. */
export function card(page: Page, title: string): Locator {
  return noteList(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: title }) });
}

export async function addNote(page: Page, title: string, body = ''): Promise<void> {
  await newNote(page).getByLabel('Title').fill(title);
  await newNote(page).getByLabel('Text').fill(body);
  await newNote(page).getByRole('button', { name: 'Add note' }).click();
  await expect(card(page, title)).toBeVisible();
}

export async function changeText(page: Page, title: string, text: string): Promise<void> {
  await page.getByRole('button', { name: `Edit ${title}` }).click();
  await card(page, title).getByLabel('Text').fill(text);
  await card(page, title).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: `Edit ${title}` })).toBeVisible();
}

/** Asks for it, and answers the question. */
export async function deleteNote(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: `Delete ${title}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete note' }).click();
}
