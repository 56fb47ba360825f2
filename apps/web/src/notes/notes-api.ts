/** The notes as a script of this page reads and writes them. None of these rejects. */
import type { Note, NoteDraft } from '@footbridge/contracts';
import { apiFetch, type ApiFetchInit } from '@footbridge/next/client';
import { type Answer, isObject, judgeAnswer } from './answer.ts';
import type { NotesPage } from './note-list.ts';

/** Which part of the list: after a cursor, and how many. */
export interface PageRequest {
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

/** One page, newest first. */
export function readPage({ cursor, limit }: PageRequest): Promise<Answer<NotesPage>> {
  const query = new URLSearchParams();
  if (cursor !== undefined) query.set('cursor', cursor);
  if (limit !== undefined) query.set('limit', String(limit));
  return call(`/notes?${query}`, {}, pageOf);
}

export function readNote(id: string): Promise<Answer<Note>> {
  return call(notePath(id), {}, noteOf);
}

export function createNote(draft: NoteDraft): Promise<Answer<Note>> {
  return call('/notes', { method: 'POST', ...json(draft) }, noteOf);
}

/** Refused with `precondition_failed` when the note is not at this revision any more. */
export function changeNote(id: string, revision: number, draft: NoteDraft): Promise<Answer<Note>> {
  const { headers, body } = json(draft);
  const init = { method: 'PATCH', headers: { ...headers, 'if-match': `"${revision}"` }, body };
  return call(notePath(id), init, noteOf);
}

/** On the same condition: nobody deletes what they have not seen. */
export function deleteNote(id: string, revision: number): Promise<Answer<true>> {
  return call(notePath(id), { method: 'DELETE', headers: { 'if-match': `"${revision}"` } }, nothing);
}

export function deleteAttachment(id: string): Promise<Answer<true>> {
  return call(attachmentPath(id), { method: 'DELETE' }, nothing);
}

/** What follows the API's `/api`. */
export function attachmentPath(id: string): string {
  return `${notePath(id)}/attachment`;
}

export const exportPath = '/notes/export';

function notePath(id: string): string {
  return `/notes/${encodeURIComponent(id)}`;
}

async function call<Data>(
  path: string,
  init: ApiFetchInit,
  read: (data: unknown) => Data | undefined,
): Promise<Answer<Data>> {
  try {
    const response = await apiFetch(path, init);
    return judgeAnswer(response.status, await bodyOf(response), read);
  } catch {
    return { kind: 'unavailable' };
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function json(body: object) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function noteOf(data: unknown): Note | undefined {
  return isObject(data) && isNote(data['note']) ? data['note'] : undefined;
}

function pageOf(data: unknown): NotesPage | undefined {
  return isPage(data) ? data : undefined;
}

/** The answer of a deletion has no data. */
function nothing(): true {
  return true;
}

/** Whether this is a note of the API's, whose shape is a promise. */
export function isNote(value: unknown): value is Note {
  return isObject(value) && typeof value['id'] === 'string' && typeof value['revision'] === 'number';
}

function isPage(value: unknown): value is NotesPage {
  return isObject(value) && Array.isArray(value['notes']) && value['notes'].every(isNote) && 'nextCursor' in value;
}
